import fc from 'fast-check';
import { gzipSync, strToU8, Zip, ZipDeflate, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { openPredictions } from './open';
import { type ByteSource, PredictionsError, type PredictionsFile } from './predictions-file';

const source = (content: string | Uint8Array, chunkBytes = 1 << 16): ByteSource => {
  const bytes = typeof content === 'string' ? strToU8(content) : content;
  return {
    name: 'predictions',
    size: bytes.length,
    *chunks() {
      // One Buffer again and again, as a file is read in Node.
      const buffer = Buffer.alloc(chunkBytes);
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        const length = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).copy(buffer, 0, at);
        yield buffer.subarray(0, length);
      }
    },
  };
};

const open = (content: string | Uint8Array): Promise<PredictionsFile> => openPredictions(source(content));
const lines = (...records: unknown[]): string => records.map((r) => `${JSON.stringify(r)}\n`).join('');

/** The message with which a file is refused, whether at once or while its rows are read. */
async function refusal(content: string | Uint8Array): Promise<string> {
  try {
    for (const _ of (await open(content)).rows());
  } catch (error) {
    if (error instanceof PredictionsError) return error.message;
    throw error;
  }
  throw new Error('the file was taken');
}

describe('our JSON lines', () => {
  const rows = lines({ sample_id: 'a', output: 'one', tokens: 3 }, { sample_id: 7, output: '' });

  test('are read, a manifest line first where there is one', async () => {
    const file = await open(lines({ benchmark: 'geoqa', model: 'm', generation: { temperature: 0 } }) + rows);
    expect(file.format).toBe('ocean-jsonl');
    expect(file.manifest).toEqual({ benchmark: 'geoqa', model: 'm', generation: { temperature: 0 } });
    expect([...file.rows()]).toEqual([
      {
        row: 2,
        reference: { by: 'id', sampleId: 'a', gold: null },
        output: 'one',
        tokens: 3,
        claimedCorrect: null,
      },
      {
        row: 3,
        reference: { by: 'id', sampleId: '7', gold: null },
        output: '',
        tokens: null,
        claimedCorrect: null,
      },
    ]);
  });

  test('may have a byte order mark, CRLF, blank lines, no last line end, and be one line', async () => {
    const file = await open(`\ufeff${rows.replaceAll('\n', '\r\n\r\n').trimEnd()}`);
    expect([...file.rows()].map(({ row }) => row)).toEqual([1, 3]);
    expect([...(await open('{"sample_id": "a", "output": "x"}')).rows()]).toHaveLength(1);
  });

  test('come out as they went in, however the bytes are cut', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            sample_id: fc.string({ minLength: 1 }).map((s) => `s${s}`),
            output: fc.string({ unit: 'grapheme' }),
          }),
          {
            minLength: 1,
          },
        ),
        fc.integer({ min: 1, max: 40 }),
        async (records, chunkBytes) => {
          const file = await openPredictions(source(lines(...records), chunkBytes));
          expect(
            [...file.rows()].map(({ reference, output }) => [
              reference.by === 'id' && reference.sampleId,
              output,
            ]),
          ).toEqual(records.map(({ sample_id, output }) => [sample_id, output.replaceAll('\0', '\ufffd')]));
        },
      ),
    ));
});

const counting = (image: string, gold: number, extracted: number | null) => ({
  question: {
    image_path: `/home/someone/images/${image}`,
    question: 'How many cars are there?',
    ground_truth: gold,
  },
  ground_truth: gold,
  model_output: `<answer>${extracted}</answer>`,
  extracted_answer: extracted,
});

describe("the seed's JSON", () => {
  test('counting: by image, question and right answer; a row claims to be right where the numbers agree', async () => {
    const file = await open(
      JSON.stringify(
        { accuracy: 50, results: [counting('a.png', 3, 3), counting('b.png', 4, null)] },
        null,
        2,
      ),
    );
    expect(file).toMatchObject({
      format: 'seed-json',
      claimedAccuracy: 50,
      benchmarks: ['superclevr', 'superclevr-200'],
    });
    const [first, second] = [...file.rows()];
    expect(first).toMatchObject({
      row: 1,
      reference: {
        by: 'content',
        image: '/home/someone/images/a.png',
        question: 'How many cars are there?',
        gold: 3,
      },
      output: '<answer>3</answer>',
      claimedCorrect: true,
    });
    expect(second).toMatchObject({ row: 2, claimedCorrect: false });
  });

  test("a question in the words of R1-V's training data, with the right answer in it alone", async () => {
    const asked = { image: 'CLEVR_1.png', problem: 'How many items?', solution: '<answer> 3 </answer>' };
    const row = { question: asked, model_output: '<answer>3</answer>', extracted_answer: 3 };
    const file = await open(JSON.stringify({ accuracy: 100, results: [row] }));
    expect(file.benchmarks).toEqual(['superclevr', 'superclevr-200']);
    expect([...file.rows()]).toMatchObject([
      {
        reference: { image: 'CLEVR_1.png', question: 'How many items?', gold: 3 },
        claimedCorrect: true,
      },
    ]);
    const { ground_truth, ...without } = counting('a.png', 4, 4);
    expect([...(await open(JSON.stringify([without]))).rows()]).toMatchObject([
      { reference: { image: '/home/someone/images/a.png', gold: ground_truth } },
    ]);
  });

  test('GEOQA, REC and CV-Bench are told apart by their rows, on one line too', async () => {
    const geoqa = await open(
      JSON.stringify({
        accuracy: 0,
        results: [{ ...counting('0.png', 0, 0), ground_truth: '140°', is_correct: false }],
      }),
    );
    expect(geoqa.benchmarks).toEqual(['geoqa']);
    expect([...geoqa.rows()][0]?.claimedCorrect).toBe(false);

    const rec = await open(
      JSON.stringify({
        accuracy: 85.5,
        results: [
          {
            question: 'the left cat',
            ground_truth: [1, 2.5, 3, 4],
            model_output: 'x',
            extracted_answer: [0, 0, 0, 0],
            correct: 1,
          },
        ],
      }),
    );
    expect(rec.benchmarks).toEqual(['refcoco']);
    expect([...rec.rows()][0]).toMatchObject({
      reference: { image: null, question: 'the left cat', gold: [1, 2.5, 3, 4] },
      claimedCorrect: true,
    });

    const cvBench = await open(
      JSON.stringify({
        results: [
          {
            question: 'How many chairs?',
            options: ['1', '2'],
            task: 'Count',
            ground_truth: '(A)',
            response: '<answer>(A)</answer>',
            model_answer: '(A)',
            correct: 1,
          },
        ],
        accuracy: { 'Total Accuracy:': 0.758, Count: 1 },
        args: { bs: 8 },
      }),
    );
    expect(cvBench).toMatchObject({ benchmarks: ['cv-bench'], claimedAccuracy: null });
    expect([...cvBench.rows()][0]?.reference).toMatchObject({ options: ['1', '2'], gold: '(A)' });
    // It stands behind the rows.
    expect(cvBench.claimedAccuracy).toBe(75.8);
  });
});

describe('other formats', () => {
  test('MATH-V JSON lines', async () => {
    const file = await open(
      lines({ id: '1', model: 'm', response: 'The answer is 60.', model_answer: '60', correct: true }),
    );
    expect(file).toMatchObject({ format: 'math-v-jsonl', benchmarks: ['math-vision'], manifest: {} });
    expect([...file.rows()][0]).toMatchObject({ reference: { sampleId: '1' }, claimedCorrect: true });
  });

  test('an id and a response, or a type of question, are no sign of one benchmark', async () => {
    const answers = await open(
      lines({ id: '1', model: 'm', response: '60' }, { id: '2', model: 'm', response: '4' }),
    );
    expect(answers).toMatchObject({ format: 'math-v-jsonl', benchmarks: [] });
    const verse = await open(JSON.stringify({ 1: { question_type: 'multi-choice', response: 'A' } }));
    expect(verse).toMatchObject({ format: 'math-vista-json', benchmarks: [] });
  });

  test('the MathVista dictionary, a failed sample in it', async () => {
    const entry = { question: 'q', question_type: 'free_form', precision: Number.NaN };
    const content = JSON.stringify({
      1: { ...entry, pid: '1', answer: '1.20', response: '1.2', true_false: true },
      2: { ...entry, pid: '2', error: 'timeout' },
    });
    for (const text of [content, content.replaceAll('null', 'NaN')]) {
      const file = await open(text);
      expect(file).toMatchObject({ format: 'math-vista-json', benchmarks: ['math-vista'] });
      expect([...file.rows()]).toMatchObject([
        { reference: { sampleId: '1', gold: '1.20' }, output: '1.2', claimedCorrect: true },
        { reference: { sampleId: '2', gold: null }, output: '', claimedCorrect: null },
      ]);
    }
  });

  test('what a judge extracted, where MathVista’s or VLMEvalKit’s files keep it', async () => {
    const entry = { question_type: 'free_form', response: 'It is 5.' };
    const vista = await open(
      JSON.stringify({ 1: { ...entry, extraction: '5' }, 2: { ...entry, extraction: null }, 3: entry }),
    );
    expect([...vista.rows()].map(({ extraction }) => extraction)).toEqual(['5', 'None', undefined]);
    const row = { index: 1, question: 'q', prediction: 'It is 5.' };
    const judged = await open(JSON.stringify([{ ...row, res: 5 }, { ...row, extract: 'five' }, row]));
    expect([...judged.rows()].map(({ extraction }) => extraction)).toEqual(['5', 'five', undefined]);
  });

  test('VLMEvalKit tsv: quoted cells, cells that pandas takes for NaN, thinking split off', async () => {
    const file = await open(
      `\ufeff${[
        ['index', 'question', 'answer', 'category', 'prediction', 'thinking'],
        [
          '0',
          'what is\twritten?',
          "['CENTRE']",
          'Regular Text Recognition',
          'it says ""CENTRE""\nindeed',
          '',
        ],
        ['1', 'what is written?', "['NA']", 'Regular Text Recognition', 'NA', 'A word.</think>'],
        ['2', 'what is written?', '', 'Regular Text Recognition', '', ''],
      ]
        .map((cells) => cells.map((cell) => `"${cell}"`).join('\t'))
        .join('\r\n')}`,
    );
    expect(file).toMatchObject({ format: 'vlmevalkit', benchmarks: ['ocr-bench'] });
    expect([...file.rows()]).toMatchObject([
      {
        row: 2,
        reference: { by: 'content', question: 'what is\twritten?', gold: "['CENTRE']" },
        output: 'it says "CENTRE"\nindeed',
      },
      { row: 3, output: '<think>A word.</think>NA' },
      { row: 4, reference: { gold: null }, output: '' },
    ]);
  });

  test('VLMEvalKit JSON records, with the NaN that Python writes in fields that are not read', async () => {
    const file = await open(
      '[{"index": 3, "question": "q", "hint": NaN, "thinking": NaN, "answer": "NaN \\" Infinity", "prediction": 5}]',
    );
    expect([...file.rows()]).toMatchObject([{ reference: { gold: 'NaN " Infinity' }, output: '5' }]);
  });
});

describe('gzip and zip', () => {
  const rows = lines({ sample_id: 'a', output: 'one' }, { sample_id: 'b', output: 'two' });

  test('a gzip file, of two members as well', async () => {
    const members = rows
      .trim()
      .split('\n')
      .map((line) => gzipSync(strToU8(`${line}\n`)));
    const file = await open(Buffer.concat(members));
    expect([...file.rows()].map(({ output }) => output)).toEqual(['one', 'two']);
    expect([...file.rows()]).toHaveLength(2);
  });

  test('a zip of one file, or of several of which one is predictions, a manifest beside it', async () => {
    for (const chunkBytes of [7, 1 << 16]) {
      const file = await openPredictions(
        source(
          zipSync({
            'run/notes.txt': strToU8('nothing'),
            'run/manifest.json': strToU8('{"benchmark": "geoqa", "model": "m"}'),
            'run/out.jsonl': strToU8(rows),
            '__MACOSX/run/._out.jsonl': strToU8(rows),
          }),
          chunkBytes,
        ),
      );
      expect(file.manifest).toEqual({ benchmark: 'geoqa', model: 'm' });
      expect([...file.rows()].map(({ output }) => output)).toEqual(['one', 'two']);
    }
  });

  test('a zip written as a stream, which tells sizes only after the data', async () => {
    const parts: Uint8Array[] = [];
    const zip = new Zip((_, part) => parts.push(part));
    for (const [name, content] of [
      ['run.log', 'PK\u0003\u0004 nothing here'.repeat(50)],
      ['out.jsonl', rows],
    ] as const) {
      const entry = new ZipDeflate(name);
      zip.add(entry);
      entry.push(strToU8(content), true);
    }
    zip.end();
    for (const chunkBytes of [1, 13, 1 << 16]) {
      const file = await openPredictions(source(Buffer.concat(parts), chunkBytes));
      expect([...file.rows()].map(({ output }) => output)).toEqual(['one', 'two']);
    }
  });

  test('are refused where they do not hold one predictions file', async () => {
    expect(await refusal(zipSync({ a: strToU8(rows), b: strToU8(rows) }))).toContain(
      '2 predictions files (a, b)',
    );
    expect(await refusal(zipSync({ a: strToU8('x'), b: strToU8('y') }))).toContain(
      "none of the zip's 2 files",
    );
    expect(await refusal(zipSync({ 'a.txt': strToU8('x') }))).toContain('plain text');
    expect(await refusal(zipSync({}))).toContain('no file');
    expect(await refusal(zipSync({ 'a.gz': gzipSync(strToU8(rows)) }))).toContain(
      'archive within an archive',
    );
    expect(
      await refusal(
        zipSync(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}`, new Uint8Array(0)]))),
      ),
    ).toContain('40 files, more than 16');
    expect(await refusal(gzipSync(strToU8(rows)).slice(0, 30))).toContain('gzip file is damaged');
    expect(await refusal(zipSync({ a: strToU8(rows.repeat(50)) }).slice(0, 60))).toContain('damaged');
  });

  test('a bomb is refused while it is inflated', async () => {
    const zeros = new Uint8Array(32 << 20).fill(0x20);
    expect(await refusal(gzipSync(zeros))).toContain('more than 200 times its size');
    expect(await refusal(zipSync({ 'a.json': zeros }))).toContain('more than 200 times its size');
  });
});

describe('what is refused', () => {
  const row = { sample_id: 'a', output: 'x' };

  test('names the row and the field', async () => {
    expect(await refusal(lines(row, { sample_id: 'b' }))).toBe(
      'row 2: "output" is missing; a text is expected (an empty one where the model gave none)',
    );
    expect(await refusal(lines(row, { output: 'x' }))).toContain('row 2: "sample_id" is missing');
    expect(await refusal(lines(row, { sample_id: 'b', output: 3 }))).toContain(
      'row 2: "output" is the number 3',
    );
    expect(await refusal(lines(row, { ...row, tokens: -1 }))).toContain('row 2: "tokens"');
    expect(await refusal(`${lines(row)}[1]\n`)).toContain('row 2: a list, where an object');
    expect(await refusal(`${lines(row)}\n{"sample_id": "b", "out`)).toContain('row 3: not valid JSON');
    expect(await refusal('{"benchmark": 3}\n{"sample_id": "b", "output": ""}')).toContain(
      'row 1: the manifest',
    );
  });

  test('NaN in a field that is read', async () => {
    expect(await refusal(`${lines(row)}{"sample_id": "b", "output": NaN}\n`)).toContain(
      'row 2: "output" is null or NaN',
    );
    expect(
      await refusal(
        '{"accuracy": NaN, "results": [{"question": "q", "ground_truth": NaN, "model_output": "x"}]}',
      ),
    ).toContain('row 1: "ground_truth" is null or NaN');
  });

  test('bytes that are not UTF-8, with their place', async () => {
    const bytes = strToU8(lines(row, { sample_id: 'é�', output: 'x' }));
    const at = bytes.length - 4;
    bytes[at] = 0xff;
    expect(await refusal(bytes)).toContain(`row 2: not UTF-8: invalid byte at offset ${at}`);
  });

  test('brackets nested 100,000 deep, in every layout', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    for (const content of [
      deep,
      `{"a": ${deep}}`,
      `{"sample_id": "a", "output": ${deep}}\n`,
      `{"sample_id": "a", "output": "x"}\n{"sample_id": "b", "output": ${deep}}\n`,
      `{"results": [${deep}]}`,
    ]) {
      expect(await refusal(content)).toContain('nested deeper than 64 levels');
    }
  });

  test('files over the limits', async () => {
    await expect(openPredictions({ ...source(''), size: 2 ** 31 })).rejects.toThrow(
      'at most 536870912 are taken',
    );
    expect(await refusal(lines(row, { sample_id: 'b', output: 'x'.repeat(5 << 20) }))).toContain(
      'row 2: "output" has 5242880',
    );
    expect(await refusal(lines(row, { sample_id: 'b', output: 'x'.repeat(9 << 20) }))).toContain(
      'row 2: longer than',
    );
    expect(await refusal(`[${JSON.stringify({ index: 1, prediction: 'x'.repeat(9 << 20) })}]`)).toContain(
      'row 1: longer than',
    );
  });

  test('an object of many entries is taken for the list of its records before it is read to its end', async () => {
    const entry = (n: number) => strToU8(`"${n}": {"index": ${n}, "prediction": "x"}, `);
    let read = 0;
    const file = await openPredictions({
      ...source(''),
      *chunks() {
        yield strToU8('{\n');
        for (let n = 0; n < 20_000; n++) {
          read = Math.max(read, n);
          yield entry(n);
        }
      },
    });
    expect(file.format).toBe('vlmevalkit');
    expect(read).toBeLessThan(2_000);
  });

  test('more in a row, or before the first, than a predictions file has', async () => {
    const keys = (count: number, value: string) =>
      `{"sample_id": "a", ${Array.from({ length: count }, (_, n) => `"k${n}": ${value}`).join(', ')}}`;
    const many = 'row 1: more than 100000 values';
    expect(await refusal(keys(100_000, '0'))).toContain(many);
    expect(await refusal(`[${keys(100_000, '0')}]`)).toContain(many);
    expect(await refusal(lines(row, { sample_id: 'b', output: new Array(100_000).fill(0) }))).toContain(
      'row 2: more than 100000 values',
    );
    expect(await refusal(`${' '.repeat(1 << 16)}${JSON.stringify(row)}`)).toContain(
      'begins with 65536 bytes of white space',
    );
    const [first] = (await open(keys(99_990, '0').replace('}', ', "output": "x"}'))).rows();
    expect(first).toMatchObject({ output: 'x' });
  });

  test.each([
    ['an empty file', ''],
    ['an empty file', ' \r\n\n'],
    ['plain text', 'A is the answer.'],
    ['an HTML', '<!doctype html><p>Not found</p>'],
    ['a PDF', '%PDF-1.7'],
    ['a PNG image', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
    ['a Python pickle, which can run code', new Uint8Array([0x80, 0x04, 0x95, 0x09, 0, 0, 0])],
    ['a Python pickle, which can run code', '(lp0\nVx\np1\na.'],
    ['a Python pickle, which can run code', 'cos\nsystem\n(S"true"\ntR.'],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x7b, 0])],
    ['UTF-16', Buffer.from('{"sample_id": "1", "output": "é"}\n', 'utf16le')],
    ['UTF-16', Buffer.from('index\tprediction\n1\tx\n', 'utf16le').swap16()],
    ['UTF-32', new Uint8Array([0x7b, 0, 0, 0, 0x22, 0, 0, 0])],
    ['UTF-32', new Uint8Array([0, 0, 0xfe, 0xff, 0, 0, 0, 0x7b])],
    ['no predictions', '[]'],
    [
      'no known predictions: its first record has the fields accuracy, results',
      '{"accuracy": 3, "results": []}',
    ],
    ['"accuracy" is the number 3, where an object', '{\n"accuracy": 3, "results": []}'],
    ['no predictions', '{"benchmark": "geoqa"}\n'],
    ['"-all" is the string "53/237=22.36%", where an object', '{\n"-all": "53/237=22.36%"}'],
    ['fields a, b', '{"a": 1, "b": 2}\n'],
    ['where a value or "]" is expected', '[,]'],
    ['was it cut off', '{"results": [{"index": 1, "prediction": ""}'],
    ['where the end of the file is expected', '[{"index": 1, "prediction": ""}] x'],
    ['1 cells under 2 column names', 'index\tprediction\n1\n'],
    ['not closed', 'index\tprediction\n1\t"x\n'],
  ])('%s', async (message, content) => {
    expect(await refusal(content)).toContain(message);
  });
});

test('NUL and lone surrogates become replacement characters', async () => {
  const file = await open('{"sample_id": "a", "output": "a\\u0000b\\ud800c😀"}');
  expect([...file.rows()][0]?.output).toBe('a\ufffdb\ufffdc😀');
});
