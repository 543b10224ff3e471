import { describe, expect, test, vi } from 'vitest';
import { superclevr200 } from '@/lib/benchmarks/superclevr';
import type { ScorableSample } from '@/server/evals/types';
import { type ScoringWorker, scoringInBrowser } from './score-in-browser';
import type { FromScorer, ToScorer } from './scoring-messages';

const [scorer] = superclevr200.scorers;
const NAMES = { benchmark: 'superclevr-200', scorer: scorer?.id ?? '' };

/** Answers as the worker of the page, in turns of the event loop; an output HANG is never answered, FAIL is a defect. */
class TestWorker implements ScoringWorker {
  static started = 0;
  static alive = 0;
  static hung = 0;
  onmessage: ScoringWorker['onmessage'] = null;
  onerror: ScoringWorker['onerror'] = null;
  #ended = false;

  constructor() {
    TestWorker.started += 1;
    TestWorker.alive += 1;
  }
  terminate() {
    if (!this.#ended) TestWorker.alive -= 1;
    this.#ended = true;
  }
  async postMessage(message: ToScorer) {
    await null; // A worker answers later.
    if (message.type === 'open') return this.#say({ type: 'ready' });
    for (const { sample, output } of message.samples) {
      if (this.#ended) return;
      if (output === 'HANG') {
        TestWorker.hung += 1;
        return;
      }
      if (output === 'FAIL') return this.onerror?.({ message: 'a defect' } as ErrorEvent);
      const verdict = scorer?.score(sample, output);
      if (verdict !== undefined) this.#say({ type: 'verdict', verdict });
      await null;
    }
  }
  #say(data: FromScorer) {
    if (!this.#ended) this.onmessage?.({ data } as MessageEvent<FromScorer>);
  }
}

const samples = (outputs: readonly (string | null)[]): ScorableSample[] =>
  outputs.map((output, ordinal) => ({
    sampleId: String(ordinal),
    ordinal,
    question: 'How many?',
    options: null,
    gold: 3,
    tags: {},
    image: null,
    cluster: String(ordinal),
    output,
    extraction: null,
    verdict: { outcome: output === null ? 'missing' : 'wrong', answer: null, reason: 'as stored' },
  }));

const right = '<answer>3</answer>';
const wrong = '<answer>4</answer>';

async function score(outputs: readonly (string | null)[], signal = new AbortController().signal) {
  TestWorker.started = 0;
  const scoring = scoringInBrowser(() => new TestWorker(), NAMES, signal, 150);
  let heard = 0;
  try {
    const verdicts = await scoring.score(samples(outputs), () => {
      heard += 1;
    });
    return { outcomes: verdicts.map(({ outcome }) => outcome), verdicts, heard };
  } finally {
    scoring.close();
    expect(TestWorker.alive).toBe(0);
  }
}

describe('scoring in the browser', () => {
  test('every sample has its verdict, in order; one without an output is missing', async () => {
    const { outcomes, verdicts, heard } = await score([right, null, wrong, right]);
    expect(outcomes).toEqual(['correct', 'missing', 'wrong', 'correct']);
    expect(verdicts[0]).toMatchObject({ answer: '3', span: [8, 9] });
    expect(verdicts[1]).toMatchObject({ reason: 'as stored', span: null });
    expect(heard).toBe(4);
    expect(TestWorker.started).toBe(1);
  });

  test('a sample that keeps the worker is timed out; a new worker goes on after it', async () => {
    const { outcomes, verdicts, heard } = await score([right, 'HANG', wrong, 'HANG', right, 'HANG']);
    expect(outcomes).toEqual(['correct', 'timed-out', 'wrong', 'timed-out', 'correct', 'timed-out']);
    expect(verdicts[1]?.reason).toBe('no verdict within 0.15 s in this browser');
    expect(heard).toBe(6);
    expect(TestWorker.started).toBe(3);
  });

  test('a defect of a scorer is said', async () => {
    await expect(score([right, 'FAIL'])).rejects.toThrow('a defect');
  });

  test('it can be cancelled, also while a sample hangs', async () => {
    const stop = new AbortController();
    const before = TestWorker.hung;
    const scored = score(['HANG'], stop.signal);
    await vi.waitFor(() => expect(TestWorker.hung).toBe(before + 1));
    stop.abort();
    await expect(scored).rejects.toThrow(/abort/i);
  });

  test('nothing to score needs no worker', async () => {
    expect((await score([null])).outcomes).toEqual(['missing']);
    expect(TestWorker.started).toBe(0);
  });
});
