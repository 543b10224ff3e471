import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BundledCommand, bundleCommand } from './bundled-command';

let command: BundledCommand;
let address: string;
/** What procedures answer, and what they were asked. */
const answers: Record<string, unknown> = {};
const asked = new Map<string, unknown>();
const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  const url = new URL(request.url ?? '', 'http://localhost');
  const procedure = url.pathname.replace('/api/trpc/', '');
  const input = request.method === 'POST' ? body : url.searchParams.get('input');
  if (input) asked.set(procedure, JSON.parse(input).json);
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ result: { data: { json: answers[procedure] ?? null } } }));
});

beforeAll(async () => {
  command = await bundleCommand();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  address = `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}`;
  writeFileSync(join(command.folder, 'toy.toml'), 'kind = "grpo"\nname = "toy"\n');
});
afterAll(async () => {
  server.close();
  await command.remove();
});

const ocean = (...args: string[]) =>
  command.start([...args, '--server', address, '--token', 'good-token']).ended;

describe('ocean jobs', () => {
  it('queues a training and what follows it', async () => {
    answers['training.create'] = ['a', 'b', 'c'];
    const { code, out } = await ocean(
      ...[
        'jobs',
        'start',
        'toy.toml',
        '--start',
        'nano',
        '--set',
        'optimizer.lr=1e-5',
        '--set',
        'model.device=cpu',
      ],
      ...[
        '--rows',
        'name=train,count=20,seed=3,size=112,tasks=counting+depth',
        '--followed-by',
        'export,eval',
        '--publish',
      ],
    );
    expect([code, out]).toEqual([0, 'a\nb\nc\n']);
    const rows = {
      name: 'train',
      split: 'train',
      count: 20,
      seed: 3,
      size: 112,
      tasks: ['counting', 'depth'],
      further: false,
    };
    expect(asked.get('training.create')).toMatchObject({
      name: 'toy',
      public: false,
      chain: [
        {
          kind: 'train',
          recipe: { overrides: { 'optimizer.lr': 1e-5, 'model.device': 'cpu' } },
          start: { kind: 'checkpoint', id: 'nano' },
          rows: [rows],
        },
        { kind: 'export', start: { kind: 'previous' }, rows: [{ count: 50, size: 112 }] },
        { kind: 'eval', benchmark: 'ocean-world', split: 'val', publish: true },
      ],
    });
  });

  it.each([
    [['toy.toml'], 'say what it starts from'],
    [['none.toml', '--start', 'x'], 'none.toml'],
    [['toy.toml', '--start', 'x', '--set', 'lr'], '--set is KEY=VALUE; not "lr"'],
    [['toy.toml', '--start', 'x', '--rows', 'name=a,count=many'], '--rows is name=NAME'],
    [['toy.toml', '--start', 'x', '--rows', 'name=a,count=1,colour=red'], '--rows knows no "colour"'],
    [['toy.toml', '--start', 'x', '--followed-by', 'eval'], '--followed-by is export'],
  ])('refuses %j with a sentence', async (args, sentence) => {
    const { code, error } = await ocean('jobs', 'start', ...args);
    expect(error).toContain(sentence);
    expect(code).not.toBe(0);
  });

  const job = {
    id: 'a',
    kind: 'train',
    name: 'Toy',
    state: 'running',
    step: 3,
    steps: 5,
    score: 0.5,
    agentName: 'box',
    error: null,
  };

  it('lists jobs, and tells how one goes', async () => {
    answers['training.list'] = [job];
    expect((await ocean('jobs', 'list', '--state', 'running')).out).toBe(
      'a  train  Toy  running, step 3 of 5  score 0.500  box\n',
    );
    expect(asked.get('training.list')).toMatchObject({ states: ['running'] });
    expect((await ocean('jobs', 'list', '--state', 'odd')).error).toContain('not "odd"');
    answers['training.page'] = { ...job, state: 'failed', error: 'the disk is full' };
    const watched = await ocean('jobs', 'watch', 'a');
    expect(watched).toMatchObject({ code: 1, out: 'failed, step 3 of 5, score 0.500\n' });
    expect(watched.error).toContain('the disk is full');
  });

  it('prints what a job said, and the responses of a step', async () => {
    answers['training.log'] = [
      { attempt: 1, seq: 0, data: { type: 'log', lines: ['one', '\u001b[31mtwo'] } },
      { attempt: 1, seq: 1, data: { type: 'notice', level: 'warning', text: 'hot' } },
    ];
    // What a box says is text, and commands no terminal.
    const { out } = await ocean('jobs', 'logs', 'a');
    expect(out).toContain('one\n');
    expect(out).not.toContain('\u001b');
    expect(out).toContain('warning: hot');
    answers['training.page'] = { ...job, rolloutSteps: [1, 3] };
    answers['training.rollouts'] = {
      total: 1,
      groups: [
        {
          data: {
            row: 'r:1',
            groundTruth: '3',
            responses: [{ output: '<answer>3</answer>', reward: 1.1, terms: {}, tokens: 4 }],
          },
        },
      ],
    };
    expect((await ocean('jobs', 'rollouts', 'a')).out).toContain('r:1\ttruth 3\treward 1.1\t4 tokens');
    expect((await ocean('jobs', 'rollouts', 'a', '--step', '2')).error).toContain('those of 1, 3 are there');
  });
});
