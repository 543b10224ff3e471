import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { fullDisk } from './full-disk';

test('a disk without room is named, with what to do', () => {
  expect(fullDisk(tmpdir(), Number.POSITIVE_INFINITY)).toMatch(
    /^The disk that .+ lies on is full: [\d.]+ MB are left\. Make room/,
  );
});

test('nothing is said of a disk that has room, or of a folder that is not there', () => {
  expect(fullDisk(tmpdir(), 0)).toBeNull();
  expect(fullDisk('/no/such/folder')).toBeNull();
});
