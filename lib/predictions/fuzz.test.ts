import fc from 'fast-check';
import { gzipSync, strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import writeExcelFile from 'write-excel-file/universal';
import { openPredictions } from './open';
import { PredictionsError } from './predictions-file';

/** Hostile or damaged, a file is read or refused in words; nothing else may come out of it. */
async function readOrRefused(bytes: Uint8Array, chunkBytes: number): Promise<void> {
  try {
    const file = await openPredictions({
      name: 'file',
      size: bytes.length,
      *chunks() {
        for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
      },
    });
    for (const row of file.rows()) expect(row.output).not.toMatch(/\p{Surrogate}/u);
  } catch (error) {
    if (!(error instanceof PredictionsError)) throw error;
    expect(error.message.length).toBeGreaterThan(10);
  }
}

const lines = strToU8(
  '{"benchmark": "geoqa"}\n{"sample_id": "ä", "output": "x\\n", "tokens": 1}\n{"sample_id": "b", "output": ""}\n',
);
const seed = strToU8(
  JSON.stringify(
    { accuracy: 1, results: [{ question: 'é', ground_truth: [1, 2, 3, 4], model_output: 'x', correct: 1 }] },
    null,
    1,
  ),
);
const tsv = strToU8('"index"\t"question"\t"prediction"\r\n"1"\t"a ""b"""\t"c\nd"\r\n');
const xlsx = new Uint8Array(
  await (
    await writeExcelFile([
      ['index', 'question', 'prediction'],
      [1, 'é & <', 'x'],
    ]).toBlob()
  ).arrayBuffer(),
);
const files = [
  lines,
  seed,
  tsv,
  xlsx,
  gzipSync(lines),
  zipSync({ 'a.jsonl': lines, 'manifest.json': strToU8('{"model": "m"}') }),
  zipSync({ 'a.xlsx': xlsx }),
];

test('files with bytes changed, cut out or put in', () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(fc.record({ at: fc.nat(), remove: fc.nat(4), insert: fc.uint8Array({ maxLength: 4 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.integer({ min: 1, max: 300 }),
      async (file, edits, chunkBytes) => {
        let bytes = [...file];
        for (const { at, remove, insert } of edits) {
          const place = at % (bytes.length + 1);
          bytes = [...bytes.slice(0, place), ...insert, ...bytes.slice(place + remove)];
        }
        await readOrRefused(Uint8Array.from(bytes), chunkBytes);
      },
    ),
    { numRuns: 300 },
  ));

test('anything else', () =>
  fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom('', '{', '[', '\u001f\u008b\b', 'PK\u0003\u0004', 'a\tb\n'),
      async (tail, head) => {
        const bytes = Uint8Array.from([...[...head].map((letter) => letter.charCodeAt(0)), ...tail]);
        await readOrRefused(bytes, 7);
      },
    ),
    { numRuns: 300 },
  ));
