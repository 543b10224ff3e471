import { describe, expect, it } from 'vitest';
import { toCsv } from '@/lib/csv';
import { exportRecords, toJson } from './board-export';
import { BOARD } from './board-fixture';
import { parseView, showBoard } from './board-view';

const parse = (query: string) => parseView(new URLSearchParams(query), BOARD);
const csv = (query: string) => toCsv(exportRecords(showBoard(BOARD, parse(query))));

describe('the export', () => {
  it('has the rows that are shown, in their order, and the columns that are shown', () => {
    const lines = csv('sort=-geoqa&show=geoqa&stage=2').trimEnd().split('\r\n');
    expect(lines[0]).toBe(
      'model,checkpoint,family,open_weights,geoqa_percent,geoqa_ci95_low,geoqa_ci95_high,geoqa_rank,geoqa_tied,geoqa_delta,geoqa_delta_to,geoqa_evidence,geoqa_scorer,geoqa_run,geoqa_unjudged_percent',
    );
    expect(lines.slice(1)).toEqual([
      'Wave 7B,wave-7b,Wave,true,70,,,1,false,,,reported,x/seed@1,/runs/run-reported-70,0',
      'Wave 3B,wave-3b,Wave,true,56,,,2,false,17,Base 3B,reported,x/seed@1,/runs/run-reported-56,0',
    ]);
  });

  it('says how complete an average is', () => {
    const records = exportRecords(showBoard(BOARD, parse('show=average')));
    expect(records.find((record) => record.checkpoint === 'closed')).toMatchObject({
      average: 99,
      averaged_benchmarks_present: 1,
      averaged_benchmarks_chosen: 3,
    });
  });

  it('disarms a name that a spreadsheet would take for a formula, and quotes it', () => {
    expect(csv('family=Closed&show=size')).toContain('"\'=Closed, ""API""",closed');
  });

  it('is empty where nothing is shown', () => {
    expect(csv('q=nothing')).toBe('');
  });

  it('has a JSON form with the view that made it', () => {
    const view = parse('q=wave&show=geoqa');
    const parsed: unknown = JSON.parse(toJson(showBoard(BOARD, view), view));
    expect(parsed).toMatchObject({
      view: { search: 'wave' },
      rows: [{ model: 'Wave 7B' }, { model: 'Wave 3B' }],
    });
  });
});
