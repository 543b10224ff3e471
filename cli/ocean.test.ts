import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BundledCommand, bundleCommand, type Ended } from './bundled-command';

/** The command as people call it: bundled to one file, in a process of its own. */

const root = fileURLToPath(new URL('..', import.meta.url));
let command: BundledCommand;
let folder: string;

beforeAll(async () => {
  command = await bundleCommand();
  folder = command.folder;
  await writeFile(join(folder, 'counting.jsonl'), lines(counting));
  await writeFile(join(folder, 'predictions.json'), JSON.stringify(seedFile));
});
afterAll(() => command.remove());

const ocean = (...args: readonly string[]): Promise<Ended> =>
  command.start(args, { OCEAN_TOKEN: '', OCEAN_DATA_DIR: join(folder, 'data') }).ended;

const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const parseLines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
async function file(name: string, content: string): Promise<string> {
  await writeFile(join(folder, name), content);
  return name;
}

const counting = Array.from({ length: 200 }, (_, i) => ({
  image_path: `./images/made_up_${i}.png`,
  question: 'How many different items are there in the image?',
  ground_truth: 3 + (i % 8),
}));
const output = (answer: number) => `<think>One by one.</think><answer> ${answer} </answer>`;
/** Backwards, so that the file's order is not the data's; three of four are right, and the file boasts. */
const seedFile = {
  accuracy: 99,
  results: counting
    .map((question, i) => ({
      question,
      ground_truth: question.ground_truth,
      model_output: output(question.ground_truth + Number(i % 4 === 3)),
      extracted_answer: question.ground_truth + Number(i % 4 === 3),
    }))
    .reverse(),
};

describe('ocean', () => {
  it('says in a sentence what the system refuses', async () => {
    const args = ['benchmarks', 'install', 'superclevr-200', '--from', 'counting.jsonl'];
    const aFile = join(folder, 'predictions.json');
    const { code, error } = await command.start(args, { OCEAN_DATA_DIR: aFile }).ended;
    expect({ code, error }).toEqual({
      code: 1,
      error: expect.stringMatching(/^ocean: the system refuses: E[A-Z]+: .*predictions\.json.*\n$/),
    });
  });

  it('says its version and how it is used', async () => {
    expect((await ocean('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await ocean('--help')).out).toMatch(/Usage: ocean COMMAND/);
    for (const command of [
      ['benchmarks'],
      ['benchmarks', 'install'],
      ['benchmarks', 'samples'],
      ['score'],
      ['submit'],
      ['answers'],
      ['world'],
    ]) {
      const { code, out } = await ocean(...command, '--help');
      expect(code).toBe(0);
      expect(out).toMatch(new RegExp(`Usage: ocean ${command.join(' ')}[\\s\\S]*\nExample:\n {2}ocean `));
    }
  });

  it('tells people to type what they have typed', async () => {
    await cp(join(root, 'ocean'), join(folder, 'ocean'));
    const { OCEAN_NAME: _, ...env } = process.env;
    const helpOf = (file: string, ...args: readonly string[]) =>
      execFileSync(file, args, { cwd: folder, env, encoding: 'utf8' });
    expect(helpOf('./ocean', '--help')).toMatch(/Usage: \.\/ocean COMMAND/);
    expect(helpOf(process.execPath, 'cli/bin.mjs', '--help')).toMatch(/Usage: node cli\/bin\.mjs COMMAND/);
    await mkdir(join(folder, 'bin'));
    await symlink('../cli/bin.mjs', join(folder, 'bin/ocean'));
    expect(helpOf('bin/ocean', '--help')).toMatch(/Usage: ocean COMMAND/);
  });

  it.each([
    [[], /ocean --help/],
    [['dance'], /there is no command "dance"/],
    [['score'], /name one predictions file/],
    [['score', 'a.json', 'b.json'], /name one predictions file/],
    [['score', 'predictions.json', '--colour'], /Unknown option '--colour'/],
    [['score', 'predictions.json', '--benchmark', 'chess'], /there is no benchmark "chess"/],
    [['score', 'predictions.json', '--benchmark', 'geoqa', '--scorer', 'none'], /not installed/],
    [
      ['score', 'predictions.json', '--benchmark', 'refcoco', '--split', 'x'],
      /has no split "x"; it has refcoco_val/,
    ],
    [
      [
        'score',
        'predictions.json',
        '--benchmark',
        'superclevr-200',
        '--data',
        'counting.jsonl',
        '--scorer',
        'x',
      ],
      /no scorer "x"; it has superclevr/,
    ],
    [
      ['score', 'predictions.json', '--benchmark', 'superclevr'],
      /not installed .*ocean benchmarks install superclevr,/,
    ],
    [['benchmarks', 'dance'], /there is no "benchmarks dance"/],
    [['benchmarks', 'install'], /name one benchmark/],
    [['benchmarks', 'samples', 'geoqa'], /not installed/],
    [['submit', 'predictions.json'], /--server/],
    [['submit', 'predictions.json', '--server', 'http://127.0.0.1'], /--token/],
    [
      [
        'submit',
        'predictions.json',
        '--server',
        'http://127.0.0.1',
        '--token',
        't',
        '--model',
        'A',
        '--new-model',
        'B',
      ],
      /not both/,
    ],
    [
      ['submit', 'predictions.json', '--server', 'http://127.0.0.1', '--token', 't'].concat([
        '--new-model',
        'X',
        '--family',
        'Y',
        '--link',
        'javascript:alert(1)',
      ]),
      /--link is an address/,
    ],
    [['benchmarks', 'install', 'ocean-world', '--from', 'x'], /takes neither --from nor --images/],
    [
      ['benchmarks', 'samples', 'superclevr-200', '--data', 'counting.jsonl', '--images', 'x'],
      /is not here: install it with --images/,
    ],
  ])('refuses %j with exit code 2 and one line', async (args, words) => {
    const { code, out, error } = await ocean(...args);
    expect(error).toMatch(words);
    expect(error.trimEnd().split('\n')).toHaveLength(1);
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  it('prints what a model is asked of published samples, and lays their installed pictures beside', async () => {
    await mkdir(join(folder, 'published'), { recursive: true });
    for (const { image_path } of counting)
      await writeFile(join(folder, 'published', basename(image_path)), image_path);
    const there = { OCEAN_DATA_DIR: join(folder, 'with-pictures') };
    const from = ['--from', 'counting.jsonl', '--images', 'published'];
    expect(
      (await command.start(['benchmarks', 'install', 'superclevr-200', ...from], there).ended).code,
    ).toBe(0);
    const asked = ['benchmarks', 'samples', 'superclevr-200', '--json', '--images', 'laid'];
    const [first] = parseLines((await command.start(asked, there).ended).out);
    expect(first).toMatchObject({
      prompt: expect.stringMatching(/^How many different items are there in the image\? You FIRST think/),
      image: 'laid/0.png',
    });
    expect(await readFile(join(folder, first.image), 'utf8')).toBe('./images/made_up_0.png');
  });

  it('refuses a bad file with exit code 3 and one line', async () => {
    const bad = [
      ['score', 'nowhere.json', '--benchmark', 'superclevr-200', '--data', 'counting.jsonl'],
      ['score', '.', '--benchmark', 'superclevr-200', '--data', 'counting.jsonl'],
      [
        'score',
        await file('bad.jsonl', '{"sample_id": '),
        '--benchmark',
        'superclevr-200',
        '--data',
        'counting.jsonl',
      ],
      [
        'score',
        await file('other.jsonl', lines([{ sample_id: 'x', output: '' }])),
        '--benchmark',
        'superclevr-200',
        '--data',
        'counting.jsonl',
      ],
      ['score', 'predictions.json', '--benchmark', 'superclevr-200', '--data', 'nowhere.jsonl'],
      ['score', 'predictions.json', '--benchmark', 'superclevr-200', '--data', 'predictions.json'],
      ['benchmarks', 'install', 'superclevr-200', '--from', 'nowhere.jsonl'],
      ['benchmarks', 'install', 'superclevr', '--from', 'counting.jsonl'],
    ];
    for (const args of bad) {
      const { code, out, error } = await ocean(...args);
      expect(error, args.join(' ')).toMatch(/^ocean: .+\n$/);
      expect(out).toBe('');
      expect(code, args.join(' ')).toBe(3);
    }
  });
});

describe('what V8 compiled', () => {
  const compiled = () => join(folder, 'dist/compiled');
  const help = () => ocean('score', '--help');

  it('is kept for the next call, and made again where it is damaged', async () => {
    await rm(compiled(), { recursive: true, force: true });
    const first = await help();
    const [name = '', ...others] = await readdir(compiled());
    expect(others).toEqual([]);
    expect(name).toMatch(/-score-help$/);
    const whole = await readFile(join(compiled(), name));
    expect(await help()).toEqual(first);
    expect((await readFile(join(compiled(), name))).equals(whole)).toBe(true);

    const changed = Buffer.from(whole);
    for (let at = 2000; at < changed.length; at += 5000) changed[at] = 255 - (changed[at] ?? 0);
    for (const damaged of [
      changed,
      whole.subarray(0, whole.length / 2),
      Buffer.from(''),
      Buffer.alloc(9000),
    ]) {
      await writeFile(join(compiled(), name), damaged);
      expect(await help()).toEqual(first);
      expect((await readFile(join(compiled(), name))).length).toBeGreaterThan(10_000);
    }
    expect(await readdir(compiled())).toEqual([name]);
  });

  it('is done without where it cannot be kept', async () => {
    await rm(compiled(), { recursive: true, force: true });
    await writeFile(compiled(), 'no folder');
    expect(await help()).toMatchObject({ code: 0, error: '', out: expect.stringMatching(/^Scores/) });
    await rm(compiled());
  });

  it('is kept of no call that failed', async () => {
    expect((await ocean('score')).code).toBe(2);
    await ocean('score', 'nowhere.json', '--benchmark', 'chess');
    expect(existsSync(compiled())).toBe(false);
  });
});

describe('ocean benchmarks', () => {
  it('lists what there is', async () => {
    const list = JSON.parse((await ocean('benchmarks', '--json')).out);
    expect(list.map((each: { id: string }) => each.id)).toContain('refcoco');
    expect((await ocean('benchmarks')).out).toMatch(/refcocog_val +4,896/);
  });

  it('prints samples as JSON lines in the order of the data', async () => {
    const { out } = await ocean(
      'benchmarks',
      'samples',
      'superclevr-200',
      '--data',
      'counting.jsonl',
      '--json',
    );
    const samples = parseLines(out);
    expect(samples.map((sample) => sample.gold)).toEqual(counting.map((row) => row.ground_truth));
    expect(Object.keys(samples[0])).toEqual([
      'sample_id',
      'prompt',
      'question',
      'options',
      'gold',
      'tags',
      'image',
    ]);
    expect(samples[0].prompt).toContain(counting[0]?.question ?? 'none');
  });
});

describe('ocean score', () => {
  const data = ['--data', 'counting.jsonl'];

  it('scores a file of the seed, found by its content, in figures that can be worked out', async () => {
    const { code, out } = await ocean(
      'score',
      'predictions.json',
      ...data,
      '--json',
      '--verdicts',
      'v.jsonl',
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      benchmark: 'superclevr-200',
      scorer: 'superclevr/seed@1',
      total: 200,
      matched: 200,
      missing: 0,
      correct: 150,
      headline: 75,
      breakdown: [],
      claimed: 99,
      unknown: 0,
      duplicates: 0,
    });
    // Wilson, 150 of 200.
    expect(JSON.parse(out).ci.map((side: number) => Math.round(side * 100) / 100)).toEqual([68.57, 80.49]);
    const verdicts = parseLines(await readFile(join(folder, 'v.jsonl'), 'utf8'));
    const samples = parseLines(
      (await ocean('benchmarks', 'samples', 'superclevr-200', ...data, '--json')).out,
    );
    expect(verdicts.map((verdict) => verdict.sample_id)).toEqual(
      samples.map((sample) => sample.sample_id).reverse(),
    );
    expect(verdicts.map((verdict) => verdict.correct)).toEqual(counting.map((_, i) => i % 4 !== 3).reverse());
    expect(Object.keys(verdicts[0])).toEqual(['sample_id', 'correct', 'answer', 'reason']);
  });

  it('takes our own lines, counts what is missing as wrong, and tells of the rest', async () => {
    const samples = parseLines(
      (await ocean('benchmarks', 'samples', 'superclevr-200', ...data, '--json')).out,
    );
    const rows = samples
      .slice(0, 100)
      .map((sample) => ({ sample_id: sample.sample_id, output: output(sample.gold) }));
    const name = await file('half.jsonl', lines([...rows, rows[0], { sample_id: 'nobody', output: 'x' }]));
    const args = ['score', name, '--benchmark', 'superclevr-200', ...data];
    expect(JSON.parse((await ocean(...args, '--json')).out)).toMatchObject({
      total: 200,
      matched: 100,
      missing: 100,
      correct: 100,
      headline: 50,
      claimed: null,
      unknown: 1,
      duplicates: 1,
    });
    const { out } = await ocean(...args);
    expect(out).toMatch(/50\.00 % {3}95 % interval 43\.1\d to 56\.8\d/);
    expect(out).toMatch(/100 samples have no prediction and count as wrong/);
  });

  describe('installs a benchmark from where it is published', () => {
    const published = lines(counting);
    let served: (request: IncomingMessage, response: ServerResponse) => void;
    let server: Server;
    beforeAll(async () => {
      server = createServer((request, response) => served(request, response)).listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });
    /** `onSaid` is told what the command says as it says it. */
    const install = (dataDir: string, onSaid: (said: string) => void = () => {}) => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('the server has no port');
      const { child, ended } = command.start(['benchmarks', 'install', 'superclevr-200'], {
        OCEAN_DATA_DIR: join(folder, dataDir),
        NODE_OPTIONS: `--require ${join(root, 'scripts/rerouted-fetch.cjs')}`,
        REROUTED: `http://127.0.0.1:${address.port}`,
      });
      child.stderr?.on('data', (said) => onSaid(String(said)));
      return ended;
    };

    it('and refuses a file that is not the one that is known', async () => {
      let asked: string | undefined;
      served = ({ url }, response) => {
        asked = url;
        response.end(published);
      };
      const { code, error } = await install('fetched');
      expect(asked).toMatch(/^\/raw\.githubusercontent\.com\/VLM-RL\/Ocean-R1\/.*counting_problems\.jsonl$/);
      expect(error).toMatch(/fetching https:\/\/raw\.githubusercontent\.com\//);
      expect(error).toMatch(/is not the file that is known here: its sha256 is [0-9a-f]{64}, not 4ca86120/);
      expect(code).toBe(3);
      expect((await ocean('benchmarks', '--json')).out).not.toContain('"known"');
    });

    it('and takes a download up in a later call, from where it was cut', async () => {
      const bytes = Buffer.from(published);
      let isCut = true;
      let cut = () => {};
      const ranges: (string | undefined)[] = [];
      served = ({ headers }, response) => {
        ranges.push(headers.range);
        if (isCut && headers.range !== undefined) return response.destroy();
        cut = () => response.destroy();
        const start = Number(/\d+/.exec(headers.range ?? '')?.[0] ?? 0);
        response.writeHead(start > 0 ? 206 : 200, {
          etag: '"1"',
          'content-length': bytes.length - start,
          ...(start > 0 && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
        });
        if (isCut) response.write(bytes.subarray(0, 5_000));
        else response.end(bytes.subarray(start));
      };
      const broken = await install('resumed', (said) => said.includes('5,000 of ') && cut());
      expect(broken.error).toMatch(/connection was cut.*what came of it is kept: try again later/);
      expect(broken.code).toBe(3);
      isCut = false;
      ranges.length = 0;
      const whole = await install('resumed');
      expect(ranges).toEqual(['bytes=5000-']);
      expect(whole.error).toMatch(
        new RegExp(`${bytes.length.toLocaleString('en')} of ${bytes.length.toLocaleString('en')} bytes`),
      );
      // Made up here, so it is not the known one; but it came whole.
      expect(whole.error).toContain(createHash('sha256').update(bytes).digest('hex'));
    });
  });

  it('uses what is installed, and finds the benchmark by it', async () => {
    const { code, out } = await ocean('benchmarks', 'install', 'superclevr-200', '--from', 'counting.jsonl');
    expect(code).toBe(0);
    expect(out).toMatch(/installed test of superclevr-200: 200 samples from counting.jsonl/);
    expect((await ocean('benchmarks')).out).toMatch(/superclevr-200 .* yes/);
    expect(JSON.parse((await ocean('score', 'predictions.json', '--json')).out)).toMatchObject({
      benchmark: 'superclevr-200',
      headline: 75,
    });
    expect(parseLines((await ocean('benchmarks', 'samples', 'superclevr-200')).out)).toHaveLength(200);
  });

  it('says what to install where the file is of another benchmark than those installed', async () => {
    const other = { ...seedFile, results: seedFile.results.map((row) => ({ ...row })) };
    for (const row of other.results) row.question = { ...row.question, question: 'How many spheres?' };
    const { code, error } = await ocean('score', await file('other.json', JSON.stringify(other)));
    expect(error).toMatch(
      /no row names a sample of superclevr-200 test; it may be superclevr: ocean benchmarks install/,
    );
    expect(code).toBe(2);
  });

  it('asks for the benchmark where few rows name its samples, and gives no figure where their right answers are others', async () => {
    const gold = (i: number) => (i * i) % 7;
    const vista = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [
        i + 1,
        {
          ...{ pid: `${i + 1}`, question: `q${i}`, image: `${i}.png`, choices: null, answer: `${gold(i)}` },
          ...{ question_type: 'free_form', answer_type: 'integer' },
          metadata: { task: 't', skills: ['s'], source: 'own' },
        },
      ]),
    );
    const vision = Array.from({ length: 40 }, (_, i) => ({
      ...{ id: `${i + 1}`, question: `q${i}`, options: [], image: `${i}.png`, answer: `${gold(i + 1)}` },
      ...{ solution: null, level: 1, subject: 's' },
    }));
    const asVista = ['--data', await file('vista.json', JSON.stringify(vista))];
    const asVision = ['--data', await file('vision.jsonl', lines(vision))];
    const sample = (i: number) => {
      const target = `${gold(i + 1)}`;
      return { doc_id: i, target, filtered_resps: target, doc_hash: 'h', llm_as_judge_eval: 1 };
    };
    const name = await file('mathvision_reason.jsonl', lines(vision.map((_, i) => sample(i))));
    expect(JSON.parse((await ocean('score', name, ...asVision, '--json')).out)).toMatchObject({
      benchmark: 'math-vision',
      headline: 100,
    });
    const agree = vision.filter((_, i) => gold(i) === gold(i + 1)).length;
    const unsure = await ocean('score', name, ...asVista);
    expect(unsure).toMatchObject({ code: 2, out: '' });
    expect(unsure.error).toContain(
      `(math-vista testmini: ${agree} of 40 rows (${(agree * 2.5).toFixed(1)} %)): name it with --benchmark`,
    );
    const forced = await ocean('score', name, ...asVista, '--benchmark', 'math-vista');
    expect(forced).toMatchObject({ code: 3, out: '' });
    expect(forced.error).toContain(`${40 - agree} of the 40 rows have another right answer than the sample`);
  });

  it('does not guess the split of bare ids that several splits have', async () => {
    const box = (i: number) => [i, 20, i + 60, 90];
    const annotations = (n: number) =>
      JSON.stringify(
        Array.from({ length: n }, (_, i) => ({
          image: `${i % 7}.png`,
          problem: `shape ${i}`,
          solution: box(i),
          normalized_solution: box(i),
        })),
      );
    for (const [split, n] of [
      ['refcoco_val', 10_834],
      ['refcocog_val', 4_896],
    ] as const)
      await ocean('benchmarks', 'install', 'refcoco', '--from', await file(`${split}.json`, annotations(n)));
    const rows = (n: number) =>
      lines(
        Array.from({ length: n }, (_, i) => ({
          sample_id: String(i),
          output: `<answer>{"bbox": [${box(i).join(', ')}]}</answer>`,
        })),
      );
    const few = await ocean('score', await file('few.jsonl', rows(10)), '--benchmark', 'refcoco');
    expect(few).toMatchObject({ code: 2, out: '' });
    expect(few.error).toMatch(/choose with --benchmark and --split/);
    for (const [n, split] of [
      [10_834, 'refcoco_val'],
      [4_896, 'refcocog_val'],
    ] as const) {
      const all = await ocean('score', await file('all.jsonl', rows(n)), '--benchmark', 'refcoco', '--json');
      expect(JSON.parse(all.out)).toMatchObject({ split, matched: n, headline: 100, missing: 0 });
    }
  });
});

describe('ocean submit', () => {
  /** Answers as the web server does; what it was asked is kept. */
  async function withServer(
    answers: Readonly<Record<string, unknown>>,
    use: (address: string, asked: Map<string, unknown>) => Promise<void>,
  ) {
    const asked = new Map<string, unknown>();
    const bodyOf = async (request: IncomingMessage) => {
      let text = '';
      for await (const chunk of request.setEncoding('utf8')) text += chunk;
      return text;
    };
    const server = createServer(async (request, response) => {
      const url = new URL(request.url ?? '', 'http://localhost');
      const answer = (status: number, body: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      const body = await bodyOf(request);
      if (request.headers.authorization !== 'Bearer good-token') {
        if (url.pathname === '/api/blobs') return answer(401, { error: 'This needs the write token.' });
        const error = { message: 'no', code: -32001, data: { code: 'UNAUTHORIZED', httpStatus: 401 } };
        return answer(401, { error: { json: error } });
      }
      if (url.pathname === '/api/blobs') {
        asked.set('blob', body);
        return answer(201, { sha256: 'a'.repeat(64), bytes: body.length });
      }
      const procedure = url.pathname.replace('/api/trpc/', '');
      if (body !== '') asked.set(procedure, JSON.parse(body).json);
      return answer(200, { result: { data: { json: answers[procedure] ?? null } } });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the test server has no port');
    try {
      await use(`http://127.0.0.1:${address.port}`, asked);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  const answers = {
    'submissions.models': [
      { checkpointId: 'c0', modelName: 'Ocean-R1 3B', stage: 'base', family: 'Qwen2.5-VL' },
      { checkpointId: 'c2', modelName: 'Ocean-R1 3B', stage: 'stage2', family: 'Qwen2.5-VL' },
    ],
    'submissions.preflight': {
      format: { id: 'seed-json', label: 'seed' },
      target: { benchmark: 'superclevr-200', split: 'test' },
      candidates: [],
      rows: 200,
      whole: true,
      total: 200,
      matched: 200,
      missing: 0,
      unknown: 0,
      duplicates: 0,
      manifest: { model: null, prompt: 'from the file', generation: { stop: ['x'] } },
      problems: [],
    },
    'submissions.create': { runId: 'r1', existed: false },
    'runs.get': {
      id: 'r1',
      state: 'scored',
      progress: null,
      error: null,
      matched: 200,
      missing: 0,
      score: { headline: 75, total: 200, interval: { low: 68.57, high: 80.48 } },
    },
  };

  it('uploads, names a new model, publishes', async () => {
    await withServer(answers, async (server, asked) => {
      const { code, out } = await ocean(
        ...['submit', 'predictions.json', '--server', `${server}/`, '--token', 'good-token', '--publish'],
        ...['--new-model', 'My VL', '--family', 'Qwen2.5-VL', '--params', '3', '--open', '--json'],
        ...['--generation', 'temperature=0', '--generation', 'engine=vllm'],
      );
      expect(JSON.parse(out)).toMatchObject({ run_id: 'r1', url: `${server}/runs/r1`, headline: 75 });
      expect(code).toBe(0);
      expect(asked.get('blob')).toBe(JSON.stringify(seedFile));
      expect(asked.get('submissions.create')).toMatchObject({
        benchmark: 'superclevr-200',
        split: 'test',
        model: {
          kind: 'new',
          name: 'My VL',
          family: 'Qwen2.5-VL',
          parametersB: 3,
          openWeights: true,
          stage: null,
        },
        prompt: 'from the file',
        generation: { temperature: 0, engine: 'vllm' },
      });
      expect(asked.get('submissions.publish')).toEqual({ runId: 'r1' });
    });
  });

  it('names an existing checkpoint, and does not publish unasked', async () => {
    await withServer(answers, async (server, asked) => {
      const args = ['submit', 'predictions.json', '--server', server, '--token', 'good-token'];
      const unsure = await ocean(...args, '--model', 'ocean-r1 3b');
      expect(unsure).toMatchObject({ code: 2 });
      expect(unsure.error).toMatch(/stages base, stage2: choose one with --stage/);
      expect((await ocean(...args, '--model', 'Nobody')).error).toMatch(/it has Ocean-R1 3B/);

      const { code, out } = await ocean(...args, '--model', 'ocean-r1 3b', '--stage', '2');
      expect(code).toBe(0);
      expect(out).toContain(`${server}/runs/r1`);
      expect(asked.get('submissions.create')).toMatchObject({
        model: { kind: 'existing', checkpointId: 'c2' },
        generation: { stop: '["x"]' },
      });
      expect(asked.has('submissions.publish')).toBe(false);
    });
  });

  it('says what stands in the way: the token, the file, the server', async () => {
    const model = ['--new-model', 'My VL', '--family', 'Qwen2.5-VL'];
    await withServer(answers, async (server) => {
      const refused = await ocean(
        'submit',
        'predictions.json',
        '--server',
        server,
        '--token',
        'bad',
        ...model,
      );
      expect(refused.code).toBe(2);
      expect(refused.error).toMatch(/does not take this token/);
    });
    const preflight = { ...answers['submissions.preflight'], problems: ['No row names a sample.'] };
    await withServer({ ...answers, 'submissions.preflight': preflight }, async (server) => {
      const args = ['submit', 'predictions.json', '--server', server, '--token', 'good-token', ...model];
      const refused = await ocean(...args);
      expect(refused.code).toBe(3);
      expect(refused.error).toMatch(/No row names a sample\./);
    });
    const gone = ['--server', 'http://localhost:9', '--token', 'good-token'];
    const unreachable = await ocean('submit', 'predictions.json', ...gone, ...model);
    expect(unreachable.code).toBe(1);
    expect(unreachable.error).toMatch(/cannot reach http:\/\/localhost:9/);
  });
});
