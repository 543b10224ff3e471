import { describe, expect, test } from 'vitest';
import { TASKS } from './question';
import { seedIn } from './scene';
import { type RowSet, SEEDS_PER_SET, taskOf, trainingRow } from './training-row';
import { ask, render } from './world';

const SET: RowSet = {
  split: 'train',
  tasks: TASKS,
  seed: 1,
  size: 112,
  frame: 112,
  image: { format: 'png' },
  further: false,
  paraphrase: false,
  talk: false,
  places: false,
};
const indices = (count: number) => Array.from({ length: count }, (_, index) => index);
const rows = indices(20).map((index) => trainingRow(SET, index));

describe('a row', () => {
  test('has one picture and one place for it', () => {
    for (const { prompt, images, extra_info } of rows) {
      expect(
        prompt
          .map(({ content }) => content)
          .join()
          .split('<image>'),
      ).toHaveLength(2);
      expect(extra_info.image_paths).toEqual(images.map(({ path }) => path));
      expect(images).toHaveLength(1);
    }
  });

  test('is the world’s question of its task and seed', () => {
    for (const { data_source, prompt, extra_info } of rows) {
      const { question } = ask(extra_info.task, extra_info.seed, extra_info.size);
      expect(extra_info).toMatchObject({ question: question.text, kind: question.kind });
      expect(data_source).toBe(`ocean-world/${extra_info.task}`);
      expect(prompt[0]?.content).toMatch(/^<image> /);
      expect(prompt[0]?.content).toContain(question.text);
    }
  });

  test('asks for a box by iou, its gold a list of whole pixels', () => {
    const boxes = rows.filter(({ extra_info }) => extra_info.task === 'referring');
    expect(boxes).toHaveLength(2);
    for (const { reward_model, extra_info } of boxes) {
      expect(extra_info.reward_func).toBe('iou');
      expect(reward_model.ground_truth).toMatch(/^\[\d+, \d+, \d+, \d+\]$/);
      expect(extra_info.solution).toContain(`{"bbox_2d": ${reward_model.ground_truth}}`);
    }
  });

  test('is solved by its solution, in the tags that the prompt asks for', () => {
    for (const { reward_model, extra_info } of rows) {
      expect(extra_info.answer).toBe(reward_model.ground_truth);
      expect(extra_info.accepted).toContain(extra_info.answer);
      expect(extra_info.solution).toMatch(/^<think>.+<\/think>\n<answer>.+<\/answer>$/s);
      if (extra_info.reward_func === 'acc')
        expect(extra_info.solution).toContain(`<answer>${extra_info.answer}</answer>`);
    }
  });

  test('has the picture in the form that was asked for', () => {
    const heads = [{ format: 'png' } as const, { format: 'jpeg', quality: 80 } as const].map((image) =>
      trainingRow({ ...SET, image }, 3).images.map(({ bytes, path }) => [
        [...bytes.subarray(0, 2)],
        path.split('.')[1],
      ]),
    );
    expect(heads).toEqual([[[[0x89, 0x50], 'png']], [[[0xff, 0xd8], 'jpg']]]);
  });
});

describe('a set', () => {
  test('mixes its tasks evenly from the first row on, in no fixed order', () => {
    const tasks = indices(40).map((index) => taskOf(SET, index));
    const rounds = indices(4).map((round) => tasks.slice(10 * round, 10 * round + 10));
    for (const round of rounds) expect(round.toSorted()).toEqual([...TASKS].sort());
    expect(new Set(rounds.map(String)).size).toBe(4);
  });

  test('shares no seed of the world with another of the split', () => {
    expect(trainingRow(SET, 0).extra_info.seed).toBe(seedIn('train', SEEDS_PER_SET));
    expect(trainingRow({ ...SET, seed: 0, split: 'val' }, 7).extra_info.seed).toBe(seedIn('val', 7));
    expect(() => trainingRow({ ...SET, seed: 2 ** 51 / SEEDS_PER_SET }, 0)).toThrow(/a split has seeds/);
  });

  test('draws its pictures in its size', () => {
    const { images, extra_info } = trainingRow({ ...SET, tasks: ['text'], size: 130 }, 0);
    const [width, height] = [16, 20].map((at) =>
      new DataView(images[0]?.bytes.buffer as ArrayBuffer).getUint32(at),
    );
    const picture = render(ask('text', extra_info.seed, 130).scene, 130);
    expect([width, height]).toEqual([picture.width, picture.height]);
  });

  test('speaks in its solutions of the frame, and in its gold of the picture', () => {
    const set: RowSet = { ...SET, tasks: ['referring'], size: 224, further: true };
    for (const index of indices(5)) {
      const [own, smaller] = [224, 128].map((frame) => trainingRow({ ...set, frame }, index));
      const same = trainingRow({ ...set, size: 128, frame: 128 }, index);
      expect(smaller?.images).toEqual(own?.images);
      expect(smaller?.prompt).toEqual(own?.prompt);
      expect(smaller?.reward_model).toEqual(own?.reward_model);
      for (const key of ['solution', 'further', 'objects'] as const)
        expect(smaller?.extra_info[key]).toEqual(same.extra_info[key]);
      expect(smaller?.extra_info.solution).not.toBe(own?.extra_info.solution);
    }
  });

  test('says where its objects stand', () => {
    const { objects, solution } = trainingRow({ ...SET, tasks: ['distance'] }, 1).extra_info;
    const places = [...solution.matchAll(/at \((\d+), (\d+)\)/g)].map(([, x, y]) => [Number(x), Number(y)]);
    expect(places.length).toBeGreaterThan(2);
    for (const place of places)
      expect(objects.map(({ ground_x, ground_y }) => [ground_x, ground_y])).toContainEqual(place);
    for (const { away } of objects)
      expect(away).toSatisfy((cm) => Number.isInteger(cm) && cm > 60 && cm < 160);
  });

  test('says what is written where, and where bars end', () => {
    const set: RowSet = { ...SET, tasks: ['chart', 'table', 'text', 'geometry'], size: 224, frame: 112 };
    for (const index of indices(8)) {
      const { seed, task, written } = trainingRow(set, index).extra_info;
      const known = ask(task, seed, 112);
      if (!('drawing' in known.scene)) throw new Error('flat tasks are drawn');
      const { marks } = known.scene.drawing;
      const lines = marks.flatMap((mark) => (mark.kind === 'text' ? mark.text.split(' ') : []));
      const bars = 'chart' in known ? known.chart.categories.map(() => 'bar') : [];
      expect(written.map(({ word }) => word)).toEqual([...lines, ...bars]);
      // There is ink at both ends of each word, or paper beside it: the two differ within a character’s reach.
      const { rgb, width } = render(known.scene, 112);
      for (const { word, x1, y1, x2, y2 } of written)
        for (const [x, y] of [
          [x1, y1],
          [x2, y2],
        ] as const) {
          const reach = indices(11).map((at) => at - 5);
          const near = reach.flatMap((dy) =>
            reach.map((dx) => rgb[3 * ((Math.floor(y) + dy) * width + Math.floor(x) + dx)] ?? 255),
          );
          expect(Math.max(...near) - Math.min(...near), `${task} ${seed}: ${word}`).toBeGreaterThan(40);
        }
    }
  });
});

test('with places, solutions of what is written say where it stands, and all of it is read first', () => {
  for (const index of indices(8)) {
    const set: RowSet = { ...SET, tasks: ['table'], frame: 96, further: true, places: true };
    const [placed, plain] = [trainingRow(set, index), trainingRow({ ...set, places: false }, index)];
    expect(placed.extra_info.solution).toMatch(/^<think>\S+ x=\d+\. /);
    expect(plain.extra_info.solution).not.toContain('x=');
    expect(placed.extra_info.answer).toBe(plain.extra_info.answer);
    const [first, ...others] = placed.extra_info.further;
    expect(first?.kind).toBe('reading');
    expect(others.filter(({ kind }) => kind !== 'look-up').map(({ question }) => question)).toEqual(
      plain.extra_info.further.map(({ question }) => question),
    );
    const places = [...(first?.solution.matchAll(/(\d+),(\d+) \S/g) ?? [])].flatMap(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    expect(places.length).toBeGreaterThan(12);
    expect(Math.max(...places)).toBeLessThan(96);
  }
});

test.each(['chart', 'table', 'text'] as const)(
  'without pictures, all that a solution of a %s reads stands in the message, and further questions are on the same',
  (task) => {
    const set: RowSet = {
      ...SET,
      tasks: [task],
      size: 224,
      frame: 160,
      image: { format: 'none' },
      further: true,
      places: true,
    };
    for (const index of indices(12)) {
      const { images, prompt, extra_info } = trainingRow(set, index);
      const pictured = trainingRow({ ...set, image: { format: 'png' } }, index).extra_info;
      expect(images).toEqual([]);
      expect(extra_info.solution).toBe(pictured.solution);
      const [told = '', asked] = extra_info.question.split('\n');
      expect(asked).toBe(pictured.question);
      expect(prompt[0]?.content.startsWith(`${told}\n${asked}\n`)).toBe(true);
      const alike = pictured.further.filter(({ kind }) => kind === task);
      expect(extra_info.further.map(({ question }) => question)).toEqual(
        alike.map(({ question }) => `${told}\n${question}`),
      );
      for (const { content, solution } of [...extra_info.further, { content: told, solution: '' }]) {
        expect(content.startsWith(told)).toBe(true);
        const read = solution.split('</think>')[0]?.matchAll(/(?:^| )(\d+,\d+ [^ ]*[^ .;:])/g) ?? [];
        if (task === 'text') for (const [, piece = ''] of read) expect(told).toContain(piece);
      }
    }
  },
);

test('without pictures, practice stands beside a figure, and nothing else', () => {
  const { further } = trainingRow(
    { ...SET, tasks: ['geometry'], image: { format: 'none' }, further: true },
    3,
  ).extra_info;
  expect(further.map(({ kind }) => kind)).toEqual([
    ...Array(3).fill('arithmetic'),
    ...Array(2).fill('look-up'),
  ]);
  for (const { kind, content, question, solution } of further) {
    expect(content.startsWith(`${question}\n`)).toBe(true);
    const answer = kind === 'arithmetic' ? /[\d, and]+/ : /.+/;
    expect(solution).toMatch(new RegExp(`^<think>.+</think>\n<answer>${answer.source}</answer>$`));
  }
});

test('without pictures, geometry tells all its values in the question, and nothing stands for a picture', () => {
  let untold = 0;
  for (const index of indices(20)) {
    const set: RowSet = { ...SET, tasks: ['geometry'], image: { format: 'none' } };
    const { images, prompt, extra_info } = trainingRow(set, index);
    const pictured = trainingRow({ ...set, image: { format: 'png' } }, index).extra_info;
    expect(images).toEqual([]);
    expect(extra_info.image_paths).toEqual([]);
    expect(prompt[0]?.content.startsWith(`${extra_info.question}\n`)).toBe(true);
    expect(extra_info.question).toMatch(/ If .* = \d+/);
    expect(extra_info.answer).toBe(pictured.answer);
    if (pictured.solution.includes('The figure shows')) untold++;
    expect(extra_info.solution).not.toContain('The figure shows');
  }
  expect(untold).toBeGreaterThan(0);
});
