import { expect, test } from 'vitest';
import { durationWords, inChains, type Standing, secondsLeft, statusLine } from './job-words';

const job: Standing = {
  state: 'waiting',
  error: null,
  cancelRequested: false,
  attempt: 0,
  step: 0,
  steps: null,
  stepSeconds: null,
  agentName: null,
  startedAt: null,
  endedAt: null,
  queue: { before: 0, agents: 1, rest: 0 },
  before: null,
  lostFor: 0,
};
const running: Standing = { ...job, state: 'running', attempt: 1, agentName: 'reef', step: 10, steps: 40 };

test.each<[string, Standing]>([
  ['Queue: 2 before it.', { ...job, queue: { before: 2, agents: 0, rest: 0 } }],
  ['Waits for a box: none is free.', { ...job, queue: { before: 0, agents: 0, rest: 0 } }],
  ['Is next: a box takes it up within seconds.', job],
  ['Waits for “Stage 1” to succeed.', { ...job, before: { name: 'Stage 1', state: 'running' } }],
  [
    'Attempt 1 was lost with its box. Is tried again in 40 s.',
    { ...job, attempt: 1, queue: { before: 0, agents: 2, rest: 40 } },
  ],
  ['Begins on reef.', { ...running, step: 0 }],
  ['Runs on reef: step 10 of 40.', running],
  ['Runs on reef: step 10 of 40, about 1 min left.', { ...running, stepSeconds: 2 }],
  ['Runs on reef: step 10.', { ...running, steps: null, stepSeconds: 2 }],
  ['Stops when its step ends.', { ...running, cancelRequested: true }],
  [
    'Lost contact 40 s ago. reef may go on without us; if it does not come back, another takes over.',
    { ...running, lostFor: 40 },
  ],
  [
    'Lost contact 2 min ago; it was asked to stop. reef may go on without us; if it does not come back, another takes over.',
    { ...running, lostFor: 121, cancelRequested: true },
  ],
  [
    'Succeeded after 12 min, 40 steps.',
    { ...running, state: 'succeeded', step: 40, startedAt: new Date(0), endedAt: new Date(720_000) },
  ],
  [
    'Failed after step 10 of 40: The disk is full.',
    { ...running, state: 'failed', error: 'The disk is full.' },
  ],
  ['Cancelled before its first step.', { ...job, state: 'cancelled' }],
  [
    'Cancelled after step 10 of 40: It was to follow "a".',
    { ...running, state: 'cancelled', error: 'It was to follow "a".' },
  ],
])('%s', (words, standing) => {
  expect(statusLine(standing)).toBe(words);
});

test('how long it takes still is known of what runs and has an end', () => {
  expect(secondsLeft({ state: 'running', step: 10, steps: 40, stepSeconds: 2 })).toBe(60);
  expect(secondsLeft({ state: 'running', step: 40, steps: 40, stepSeconds: 2 })).toBeNull();
  expect(secondsLeft({ state: 'running', step: 1, steps: 40, stepSeconds: null })).toBeNull();
  expect(secondsLeft({ state: 'succeeded', step: 1, steps: 40, stepSeconds: 2 })).toBeNull();
});

test.each([
  [0, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min'],
  [3_599, '1 h 00 min'],
  [7_500, '2 h 05 min'],
  [260_000, '3 days'],
])('%d seconds are %s', (seconds, words) => {
  expect(durationWords(seconds)).toBe(words);
});

test('a chain stands together in its order, where its newest job is', () => {
  const listed = [
    { id: 'alone', afterId: null },
    { id: 'c', afterId: 'b' },
    { id: 'other', afterId: null },
    { id: 'b', afterId: 'a' },
    { id: 'a', afterId: null },
    // Its first job is not in the list.
    { id: 'rest', afterId: 'gone' },
  ];
  expect(inChains(listed).map((chain) => chain.map(({ id }) => id))).toEqual([
    ['alone'],
    ['a', 'b', 'c'],
    ['other'],
    ['rest'],
  ]);
});
