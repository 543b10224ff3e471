import { describe, expect, it } from 'vitest';
import {
  formatBinaryBytes,
  formatBytes,
  formatCount,
  formatDelta,
  formatInterval,
  formatPercent,
  formatSize,
  formatSizeName,
  formatStage,
} from './format';

describe('figures as they are written', () => {
  it('has one decimal for a percent', () => {
    expect(formatPercent(87.25)).toBe('87.3');
    expect(formatPercent(100)).toBe('100.0');
  });
  it('gives every difference its sign, and none to what rounds to nothing', () => {
    expect(formatDelta(23.2)).toBe('+23.2');
    expect(formatDelta(-0.44)).toBe('−0.4');
    expect(formatDelta(-0.04)).toBe('±0.0');
    expect(formatDelta(0)).toBe('±0.0');
  });
  it('writes an interval as a range', () => {
    expect(formatInterval({ low: 86.36, high: 88.2 })).toBe('86.4–88.2');
  });
  it('writes counts, sizes and stages', () => {
    expect(formatCount(26488)).toBe('26,488');
    expect(formatSize(0.494)).toBe('0.494B');
    expect(formatSize(7)).toBe('7B');
    expect(formatSize(0.00245)).toBe('2.45M');
    expect(formatSize(null)).toBe('size undisclosed');
    expect(formatStage('base')).toBe('base');
    expect(formatStage('stage2')).toBe('stage 2');
  });
  it('calls a model by the size in its name, where that is near its parameters', () => {
    const called = (name: string, parametersB: number | null) => formatSizeName({ name, parametersB });
    expect(called('Qwen2.5-VL-3B-Instruct', 3.75)).toBe('3B');
    expect(called('Ocean-R1-7B-Instruct', 8.29)).toBe('7B');
    expect(called('Better than 70B, 2B', 2.1)).toBe('2B');
    expect(called('Tiny 500M', 0.494)).toBe('500M');
    expect(called('Better than 70B', 2.1)).toBe('2.1B');
    expect(called('Ocean-R1 Nano', 0.00245)).toBe('2.45M');
    expect(called('Closed 7B', null)).toBe('size undisclosed');
  });
  it('has sizes in powers of ten', () => {
    expect(formatBytes(512)).toBe('512 bytes');
    expect(formatBytes(92106)).toBe('92.1 kB');
    expect(formatBytes(2_150_413)).toBe('2.15 MB');
  });
});

describe('formatBinaryBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1 KiB'],
    [1_540, '1.5 KiB'],
    [92_106, '90 KiB'],
    [512 * 1_024 ** 2, '512 MiB'],
    [2 ** 31, '2 GiB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatBinaryBytes(bytes)).toBe(text);
  });
});
