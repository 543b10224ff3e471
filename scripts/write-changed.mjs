import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Writes a file that is made. What is there already is left alone, so that a build younger than it stays so. */
export function writeChanged(path, content) {
  if (!existsSync(path) || !readFileSync(path).equals(Buffer.from(content))) writeFileSync(path, content);
}
