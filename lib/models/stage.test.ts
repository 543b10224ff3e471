import { expect, test } from 'vitest';
import { readStage, STAGES, stageNumber } from './stage';

test('a stage is read by its name and by the number that it was written by before', () => {
  expect(STAGES.map(readStage)).toEqual(['base', 'stage1', 'stage2']);
  expect(['0', '1', '2'].map(readStage)).toEqual(['base', 'stage1', 'stage2']);
  for (const other of ['', '3', '-1', '1e0', '00', 'Base', 'stage', 'stage3', '__proto__', ' 1'])
    expect(readStage(other)).toBeNull();
});

test('its number is its place', () => {
  expect(STAGES.map(stageNumber)).toEqual([0, 1, 2]);
});
