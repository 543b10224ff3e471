import { zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { checkSampleCount, pythonStrings } from '@/lib/benchmarks/annotations';
import { AnnotationError, BENCHMARK_IDS, type BenchmarkId } from '@/lib/benchmarks/benchmark';
import { BENCHMARKS, benchmarkOf } from '@/lib/benchmarks/registry';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const read = (id: BenchmarkId, content: string | Uint8Array, name = 'file') => {
  const { readAnnotations, splits } = BENCHMARKS[id];
  return readAnnotations(
    { name, bytes: typeof content === 'string' ? bytesOf(content) : content },
    splits[0],
  );
};
const refused = async (id: BenchmarkId, content: string | Uint8Array): Promise<string> => {
  const error = await read(id, content).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(AnnotationError);
  return error instanceof Error ? error.message : '';
};

const count = (image: string, gold: unknown) =>
  JSON.stringify({ image_path: image, question: 'How many?', ground_truth: gold });
const box = {
  image: 'a.jpg',
  problem: 'the man',
  solution: [1, 2, 30, 40],
  normalized_solution: [0, 0, 1, 1],
};
const spatial = {
  idx: 7,
  type: '3D',
  task: 'Depth',
  question: 'Which is closer?',
  choices: ['car', 'bus'],
  answer: '(B)',
  filename: 'x.png',
  source: 'Omni3D',
};

describe('the registry', () => {
  it('knows every benchmark by its id and nothing else', () => {
    for (const id of BENCHMARK_IDS) expect(benchmarkOf(id)?.id).toBe(id);
    expect(benchmarkOf('toString')).toBeNull();
  });

  it('names existing splits in a mean, and gives each scorer an id of the form benchmark/dialect@version', () => {
    for (const { headline, splits, scorers } of Object.values(BENCHMARKS)) {
      const ids = splits.map(({ id }) => id);
      if (headline.kind === 'mean-of-splits')
        expect(ids).toEqual(expect.arrayContaining([...headline.splits]));
      for (const { id } of scorers) expect(id).toMatch(/^[a-z-]+\/[a-z-]+@[\da-f]+(?:\.\d+)?$/);
    }
  });
});

describe('JSON lines', () => {
  it('reads rows with ordinals for ids, past a byte order mark, CRLF and empty lines', async () => {
    const samples = await read('superclevr', `\ufeff${count('a.png', 0)}\r\n\r\n${count('b.png', 3)}\r\n`);
    expect(samples.map(({ sampleId, gold, cluster }) => [sampleId, gold, cluster])).toEqual([
      ['0', 0, 'a.png'],
      ['1', 3, 'b.png'],
    ]);
  });

  it('says where it is not JSON, not a row, or of another type', async () => {
    expect(await refused('superclevr', `${count('a', 1)}\n{"image_path": NaN}`)).toMatch(
      /^file: line 2: not valid JSON: /,
    );
    expect(await refused('superclevr', '[1]')).toBe('file: row 1: is a list where an object was expected');
    expect(await refused('superclevr', count('a', '4'))).toBe(
      'file: row 1: "ground_truth" is the string "4" where a whole number was expected',
    );
    expect(await refused('geoqa', count('a', 4))).toBe(
      'file: row 1: "ground_truth" is the number 4 where a text was expected',
    );
    expect(await refused('superclevr', new Uint8Array([0xff, 0xfe]))).toBe('file: is not UTF-8 text');
    expect(await refused('superclevr', `${'['.repeat(100_000)}`)).toMatch(/not valid JSON/);
  });
});

describe('RefCOCO', () => {
  it('reads the JSON list, or the published zip by the name of the split', async () => {
    const [sample] = await read('refcoco', JSON.stringify([box]));
    expect(sample).toMatchObject({
      sampleId: '0',
      question: 'the man',
      gold: [1, 2, 30, 40],
      cluster: 'a.jpg',
    });
    const zip = zipSync({
      'rec/refcocop_val.json': bytesOf('[]'),
      'rec/refcoco_val.json': bytesOf(JSON.stringify([box])),
    });
    expect(await read('refcoco', zip)).toHaveLength(1);
    expect(await refused('refcoco', zipSync({ 'a.json': bytesOf('[]') }))).toBe(
      'file: the zip holds no refcoco_val.json',
    );
  });

  it('refuses a zip that is broken, and a box that is none', async () => {
    expect(await refused('refcoco', bytesOf('PK\u0003\u0004broken'))).toMatch(/^file: not a readable zip: /);
    expect(await refused('refcoco', JSON.stringify([box, { ...box, solution: [1, 2, 3] }]))).toBe(
      'file: row 2: "solution" is a list where a list of 4 numbers was expected',
    );
    expect(await refused('refcoco', '{"a": 1}')).toMatch(/where a JSON list of samples was expected/);
  });
});

describe('CV-Bench', () => {
  it('reads the published JSON lines and parquet alike', async () => {
    const expected = {
      sampleId: '7',
      options: ['car', 'bus'],
      gold: '(B)',
      tags: { task: 'Depth', type: '3D', source: 'Omni3D' },
      image: 'x.png',
    };
    expect((await read('cv-bench', JSON.stringify(spatial)))[0]).toMatchObject(expected);
    const { choices, ...rest } = spatial;
    const columns = Object.entries(rest).map(([name, value]) => ({ name, data: [value] }));
    const parquet = parquetWriteBuffer({
      columnData: [...columns, { name: 'choices', data: [choices], type: 'JSON' }],
    });
    expect((await read('cv-bench', new Uint8Array(parquet)))[0]).toMatchObject(expected);
  });

  it('says what is wrong with a row or the file', async () => {
    expect(await refused('cv-bench', JSON.stringify({ ...spatial, answer: '(C)' }))).toBe(
      'file: row 1: "answer" (C) is none of the choices',
    );
    expect(await refused('cv-bench', JSON.stringify({ ...spatial, task: 'Depths' }))).toMatch(
      /"task" is none of/,
    );
    expect(await refused('cv-bench', `${JSON.stringify(spatial)}\n${JSON.stringify(spatial)}`)).toBe(
      'file: row 2: has the id 7 of row 1',
    );
    expect(await refused('cv-bench', bytesOf('PAR1 and no more'))).toMatch(
      /^file: not a readable Parquet file: /,
    );
  });

  it('has the official macro and VLMEvalKit’s 2D only where the sources of the images are known', () => {
    const [macro, half2D, half3D] = BENCHMARKS['cv-bench'].secondary;
    const sources = new Map([
      ['ADE20K', { correct: 1, total: 2 }],
      ['COCO', { correct: 3, total: 4 }],
      ['Omni3D', { correct: 1, total: 1 }],
    ]);
    expect(macro?.compute(() => sources)).toBe(81.25);
    expect(half2D?.compute(() => sources)).toBe(62.5);
    expect(half3D?.compute(() => new Map([['3D', { correct: 1, total: 4 }]]))).toBe(25);
    for (const figure of [macro, half2D, half3D]) expect(figure?.compute(() => new Map())).toBeNull();
  });
});

describe('OCRBench', () => {
  const official = {
    dataset_name: 'x',
    id: 5,
    image_path: 'a.png',
    question: 'what?',
    answers: 'CAT',
    type: 'Regular Text Recognition',
  };

  it('reads the official list with ordinals for ids, for its own are not unique', async () => {
    const samples = await read('ocr-bench', JSON.stringify([official, { ...official, answers: ['A', 'B'] }]));
    expect(samples.map(({ sampleId, gold }) => [sampleId, gold])).toEqual([
      ['0', 'CAT'],
      ['1', ['A', 'B']],
    ]);
  });

  it('reads VLMEvalKit’s table, quoted cells and line breaks included', async () => {
    const table = `"index"\t"image"\t"question"\t"answer"\t"category"\r\n"0"\t"i"\t"say ""what""\n?"\t"['A', ""B's""]"\t"Regular Text Recognition"\r\n`;
    expect((await read('ocr-bench', table))[0]).toMatchObject({
      sampleId: '0',
      question: 'say "what"\n?',
      gold: ['A', "B's"],
    });
    expect(await refused('ocr-bench', 'index\tanswer\n0')).toBe('file: row 1: has 1 cells, the header 2');
    expect(await refused('ocr-bench', 'index\tquestion\tanswer\tcategory\n0\tq\tcat\tc\n')).toMatch(
      /not a Python list of texts/,
    );
  });

  it('reads Python lists of strings without evaluating anything', () => {
    expect(pythonStrings(String.raw`['a\'b', "c\n", '\x41\\']`)).toEqual(["a'b", 'c\n', 'A\\']);
    for (const text of ['[1]', "['a'", "['a'] + x", "('a')", 'x', "[f'{x}']"])
      expect(pythonStrings(text), text).toBeNull();
  });
});

describe('the benchmarks of mathematics', () => {
  it('take the ids and breakdowns of their data', async () => {
    const vision = {
      id: '9',
      question: 'q',
      options: ['1', '2'],
      answer: 'A',
      solution: null,
      level: 3,
      subject: 'logic',
      image: 'i',
    };
    expect((await read('math-vision', JSON.stringify(vision)))[0]).toMatchObject({
      sampleId: '9',
      tags: { subject: 'logic', level: '3' },
    });
    const metadata = { task: 't', skills: ['s', 'u'], source: 'z' };
    const vista = {
      pid: '12',
      question: 'q',
      image: 'i',
      choices: null,
      answer: '1',
      question_type: 'free_form',
      answer_type: 'integer',
      metadata,
    };
    expect((await read('math-vista', JSON.stringify({ 12: vista })))[0]).toMatchObject({
      sampleId: '12',
      tags: { skills: ['s', 'u'] },
    });
    expect(await refused('math-vista', JSON.stringify({ 13: vista }))).toBe(
      'file: row 1: "pid" is 12 under the key 13',
    );
    const verse = {
      sample_index: '4',
      problem_index: '1',
      problem_version: 'Vision Only',
      question: '',
      image: 'i',
      answer: '1',
      question_type: 'free-form',
      metadata: { subject: 's', subfield: 'f' },
    };
    expect((await read('math-verse', JSON.stringify([verse])))[0]).toMatchObject({
      sampleId: '4',
      cluster: '1',
      tags: { version: 'Vision Only' },
    });
  });
});

it('an install asks for the published count and names the split of the count that it got', () => {
  const { splits } = BENCHMARKS['math-verse'];
  const samples = Array.from({ length: 788 }, (_, i) => ({
    sampleId: String(i),
    question: '',
    options: null,
    gold: '',
    tags: {},
    image: null,
    cluster: '',
  }));
  expect(() => checkSampleCount({ name: 'm.json' }, samples, splits[0], splits)).toThrow(
    'm.json: has 788 samples, testmini (testmini) has 3940; that is the count of testmini, text only (testmini_text_only)',
  );
});
