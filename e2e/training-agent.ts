import { createHash } from 'node:crypto';
import { expect, type Page } from '@playwright/test';
import type { AgentEvent, FinishRequest, LeaseReply, RolloutGroup } from '../lib/training/protocol';
import { ADDRESS, TOKEN } from './world';

/** An agent that does what a test says, over the doors that any agent uses. */

const MACHINE = {
  host: 'reef',
  system: 'Linux 6',
  cores: 8,
  memory: 64e9,
  diskFree: 500e9,
  cards: [{ name: 'Made-up card', memory: 24e9 }],
  versions: { python: '3.12', torch: '2.9' },
};

export class ScriptedAgent {
  private seq = 0;
  private job: NonNullable<LeaseReply['job']> | null = null;

  constructor(
    private readonly address: string,
    private readonly token: string,
  ) {}

  private async post(path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${this.address}/api/agent/${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/json',
        ...(this.job === null ? {} : { 'x-lease': this.job.lease }),
      },
      body: JSON.stringify(body ?? {}),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  /** Asks for work until there is some. @returns the job's id. */
  async take(): Promise<string> {
    for (;;) {
      const reply: LeaseReply = await (await this.post('lease', { protocol: 1, machine: MACHINE })).json();
      if (reply.job === null) continue;
      this.job = reply.job;
      this.seq = 0;
      return reply.job.id;
    }
  }

  /** What it was given to do. */
  get given(): NonNullable<LeaseReply['job']> {
    if (this.job === null) throw new Error('nothing is taken');
    return this.job;
  }

  async tell(...events: AgentEvent[]): Promise<void> {
    const at = new Date().toISOString();
    await this.post(`jobs/${this.job?.id}/events`, {
      events: events.map((event) => ({ seq: this.seq++, at, event })),
    });
  }

  /** @returns whether it is to stop. */
  async beat(): Promise<boolean> {
    const { cancel }: { cancel: boolean } = await (await this.post(`jobs/${this.job?.id}/beat`)).json();
    return cancel;
  }

  /** @returns the sha256 by which it is told of. */
  async send(bytes: Buffer, kind = 'checkpoint'): Promise<string> {
    const hash = createHash('sha256').update(bytes).digest('hex');
    const address = `${this.address}/api/agent/blobs/${hash}?kind=${kind}&bytes=${bytes.length}`;
    const headers = { authorization: `Bearer ${this.token}` };
    const asked = await fetch(address, { method: 'HEAD', headers });
    // Files are called by what they are: another may have sent it.
    const offset = asked.headers.get('upload-offset') ?? '0';
    if (offset === String(bytes.length)) return hash;
    const response = await fetch(address, {
      method: 'PATCH',
      headers: { ...headers, 'upload-offset': offset },
      body: new Uint8Array(bytes.subarray(Number(offset))),
    });
    if (!response.ok) throw new Error(`blob: ${response.status} ${await response.text()}`);
    return hash;
  }

  /** A folder of one file. */
  async sendCheckpoint(step: number): Promise<void> {
    const bytes = Buffer.from(`weights of ${this.job?.id} at step ${step}`);
    const file = { path: 'model.safetensors', sha256: await this.send(bytes), bytes: bytes.length };
    await this.tell({ type: 'files', purpose: 'checkpoint', step, files: [file] });
  }

  async finish(outcome: FinishRequest['outcome'] = { kind: 'succeeded' }): Promise<void> {
    await this.post(`jobs/${this.job?.id}/finish`, { events: this.seq, outcome });
    this.job = null;
  }
}

/** A call of tRPC as the team makes it. */
export async function call<T>(address: string, token: string, path: string, input: unknown): Promise<T> {
  const response = await fetch(`${address}/api/trpc/training.${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ json: input }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  const { result }: { result: { data: { json: T } } } = await response.json();
  return result.data.json;
}

export async function newAgent(name: string): Promise<ScriptedAgent> {
  const { token } = await call<{ token: string }>(ADDRESS, TOKEN, 'createAgent', { name });
  return new ScriptedAgent(ADDRESS, token);
}

/** The browser becomes one of the team's. */
export async function signIn(page: Page): Promise<void> {
  await page.goto('/submit');
  await page.getByLabel('Write token').fill(TOKEN);
  await page.getByRole('button', { name: 'Use token' }).click();
  await expect(page.getByText('This browser may submit, publish and discard.')).toBeVisible();
}

export const TOML = `kind = "grpo"
name = "nano-stage1"
stage = 1
steps = 40

[data]
files = [{ path = "rows/train" }]
min_pixels = 25600
max_pixels = 25600

[reward]
expression = "exact + 0.1 * format"

[optimizer]
lr = 8e-5
`;

export const trainSpec = {
  kind: 'train',
  recipe: { toml: TOML, overrides: { 'optimizer.weight_decay': 0.02 } },
  start: { kind: 'checkpoint', id: 'ocean-r1-nano-stage-0' },
  rows: [
    { name: 'train', split: 'train', count: 100, seed: 1, size: 224, tasks: ['counting'], further: true },
  ],
} as const;

export const metricsOf = (step: number): Record<string, number> => ({
  'critic/score/mean': 0.3 + 0.4 * (1 - Math.exp(-step / 15)) + 0.05 * Math.sin(step),
  'response_length/mean': 60 + step,
  'rollout/equal_groups': 0.6,
  'rollout/truncated': 0.01,
  'actor/grad_norm': 0.2 + 0.1 * Math.cos(step),
  'actor/rollout_logp_difference': 1e-7,
  'timing_s/step': 2,
});

/** Sixteen responses to one question, of which the first `right` are right. */
export function rolloutGroup(
  right: number,
  image: string | null,
  more: Partial<RolloutGroup> = {},
): RolloutGroup {
  return {
    row: 'rows/train:3',
    dataSource: 'ocean-world/counting',
    prompt: [
      { role: 'system', content: 'Think in <think>, then answer in <answer>.' },
      { role: 'user', content: `${image === null ? '' : '<image>'}How many spheres are there?` },
    ],
    images: image === null ? [] : [image],
    groundTruth: '3',
    responses: Array.from({ length: 16 }, (_, n) => ({
      output: `<think>${'I see a sphere at the left, another behind it. '.repeat(1 + (n % 4))}${n % 5 === 0 ? 'Wait, let me check again. ' : ''}**So** $1 + 2 = 3$.</think>\n<answer>${n < right ? 3 : 4}</answer>`,
      cut: false,
      tokens: 30 + 12 * n,
      finished: n !== 15,
      reward: (n < right ? 1 : 0) + 0.1,
      terms: { exact: n < right ? 1 : 0, format: 1 },
      failed: n === 14 ? { exact: 'it took longer than 5 s' } : {},
      advantage: n < right ? 0.6 : -0.9,
      trace:
        n === 0
          ? [
              { text: 'I', logp: -0.01, entropy: 0.1 },
              { text: ' see', logp: -1.2, entropy: 0.9 },
            ]
          : null,
    })),
    ...more,
  };
}
