import type { CsvValue } from '@/lib/csv';
import { stageNumber } from '@/lib/models/stage';
import type { BoardView, ShownBoard, ShownCell } from './board-view';

/** The shown table as a file: the same rows, the same order, the same columns. Figures have six decimals. */

/** One flat record a row; the names are the CSV's header. A benchmark that is shown has all its names in every record. */
export function exportRecords(shown: ShownBoard): readonly Readonly<Record<string, CsvValue>>[] {
  return shown.rows.map(({ row, cells, average }) => {
    const record: Record<string, CsvValue> = {
      model: row.modelName,
      checkpoint: row.checkpointId,
      family: row.family,
    };
    if (shown.facts.includes('size')) record.parameters_billions = row.parametersB;
    if (shown.facts.includes('stage')) {
      record.stage = row.stage === null ? null : stageNumber(row.stage);
      record.step = row.step;
    }
    record.open_weights = row.openWeights;
    if (shown.facts.includes('average')) {
      record.average = average?.value ?? null;
      record.average_evidence = average?.evidence ?? null;
      record.average_delta = average?.delta?.value ?? null;
    }
    if (shown.facts.includes('average-rank')) record.average_rank = average?.rank ?? null;
    if (shown.facts.some((fact) => fact === 'average' || fact === 'average-rank')) {
      record.averaged_benchmarks_present = average?.have ?? 0;
      record.averaged_benchmarks_chosen = average?.of ?? null;
    }
    for (const { benchmark } of shown.benchmarks) {
      for (const [name, value] of Object.entries(cellRecord(cells.get(benchmark))))
        record[`${benchmark}_${name}`] = value;
    }
    return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, sixDecimals(value)]));
  });
}

/** More than any count of samples decides, and without the noise of binary fractions. */
function sixDecimals(value: CsvValue): CsvValue {
  return typeof value === 'number' ? Number(value.toFixed(6)) : value;
}

function cellRecord(cell: ShownCell | undefined): Record<string, CsvValue> {
  return {
    percent: cell?.value ?? null,
    ci95_low: cell?.interval?.low ?? null,
    ci95_high: cell?.interval?.high ?? null,
    rank: cell?.rank ?? null,
    tied: cell?.rank == null ? null : cell.tied,
    delta: cell?.delta?.value ?? null,
    delta_to: cell?.delta?.toName ?? null,
    evidence: cell?.evidence ?? null,
    scorer: cell?.scorer ?? null,
    run: cell === undefined ? null : `/runs/${cell.runId}`,
    unjudged_percent: cell?.unjudged ?? null,
  };
}

export function toJson(shown: ShownBoard, view: BoardView): string {
  return `${JSON.stringify({ view, rows: exportRecords(shown) }, null, 2)}\n`;
}
