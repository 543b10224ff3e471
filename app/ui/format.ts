import { type Stage, stageNumber } from '@/lib/models/stage';
import type { Interval } from '@/lib/stats/score';

const MINUS = '−';

/** Percent with one decimal, as every figure of the site is written: `87.3`. */
export function formatPercent(value: number): string {
  return value.toFixed(1).replace('-', MINUS);
}

/** A difference in percentage points, always with its sign: `+23.2`, `−0.4`, `±0.0`. */
export function formatDelta(delta: number): string {
  const rounded = Math.round(delta * 10) / 10;
  if (rounded === 0) return '±0.0';
  return `${rounded > 0 ? '+' : MINUS}${Math.abs(rounded).toFixed(1)}`;
}

/** `86.4–88.2` */
export function formatInterval(interval: Pick<Interval, 'low' | 'high'>): string {
  return `${formatPercent(interval.low)}–${formatPercent(interval.high)}`;
}

const COUNT = new Intl.NumberFormat('en-GB');

/** `5,000`; the same on the server and in any visitor's browser. */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** `3B`, `0.494B`, `2.45M`, or "size undisclosed". */
export function formatSize(parametersB: number | null): string {
  if (parametersB === null) return 'size undisclosed';
  return parametersB < 0.1
    ? `${Number((1000 * parametersB).toPrecision(3))}M`
    : `${Number(parametersB.toPrecision(3))}B`;
}

/**
 * As people call a model: the size in its name ("3B" of Qwen2.5-VL-3B, which has 3.75 billion parameters) where it has
 * one that is near the truth, else its parameters.
 */
export function formatSizeName({ name, parametersB }: { name: string; parametersB: number | null }): string {
  const called = [...name.matchAll(/(?<![\d.])(\d+(?:\.\d+)?)\s?([BM])(?![\p{L}\p{N}])/gu)].find(
    ([, number, unit]) => {
      const billions = Number(number) / (unit === 'B' ? 1 : 1000);
      return parametersB !== null && parametersB < 1.6 * billions && billions < 1.6 * parametersB;
    },
  );
  return called === undefined ? formatSize(parametersB) : `${called[1]}${called[2]}`;
}

/** "base", "stage 1", "stage 2" */
export function formatStage(stage: Stage): string {
  return stage === 'base' ? stage : `stage ${stageNumber(stage)}`;
}

/** "stage 2, step 400"; null of a model that has no part in the recipe, where no step is known either. */
export function formatTraining({ stage, step }: { stage: Stage | null; step: number | null }): string | null {
  const words = [
    ...(stage === null ? [] : [formatStage(stage)]),
    ...(step === null ? [] : [`step ${formatCount(step)}`]),
  ];
  return words.length === 0 ? null : words.join(', ');
}

/** `2025-04-09`, in UTC: the same for every visitor. */
export function formatDate(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** `1.4 MB`, in powers of ten. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toPrecision(3)} ${units[power]}`;
}

/** `90 KiB`, `1.5 MiB`: binary units, in which the limits are set. */
export function formatBinaryBytes(bytes: number): string {
  let value = bytes;
  for (const unit of ['B', 'KiB', 'MiB']) {
    if (value < 999.5)
      return `${unit === 'B' || value >= 10 ? Math.round(value) : Number(value.toFixed(1))} ${unit}`;
    value /= 1_024;
  }
  return `${Number(value.toFixed(1))} GiB`;
}
