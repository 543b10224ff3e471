import { existsSync, mkdtempSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { makeFolder } from './make-folder';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ocean-folder-'));
});

test('a folder is made with all above it, and one that is there is left as it is', () => {
  makeFolder(join(root, 'a', 'b', 'c'));
  writeFileSync(join(root, 'a', 'b', 'c', 'kept'), '');
  makeFolder(join(root, 'a', 'b', 'c'));
  makeFolder(`${root}/a/b/c/`);
  expect(readdirSync(join(root, 'a', 'b', 'c'))).toEqual(['kept']);
});

test('a link to a folder is a folder', () => {
  symlinkSync(root, join(root, 'link'));
  makeFolder(join(root, 'link', 'inside'));
  expect(statSync(join(root, 'inside')).isDirectory()).toBe(true);
});

test('a file or a link to nowhere in its place is an error', () => {
  writeFileSync(join(root, 'file'), '');
  symlinkSync(join(root, 'nowhere'), join(root, 'link'));
  expect(() => makeFolder(join(root, 'file'))).toThrow('EEXIST');
  expect(() => makeFolder(join(root, 'file', 'x'))).toThrow('ENOTDIR');
  expect(() => makeFolder(join(root, 'link', 'x'))).toThrow('EEXIST');
});

// Node's own recursive mkdir never comes back from here, and no signal ends it.
test.skipIf(!existsSync('/proc/self'))('a folder that takes no other is an error, at once', () => {
  expect(() => makeFolder('/proc/x')).toThrow('ENOENT');
  expect(() => makeFolder('/proc/x/y')).toThrow('ENOENT');
});
