import { expect, test } from 'vitest';
import { seedIn } from '@/lib/world/scene';
import { trainingRow } from '@/lib/world/training-row';
import { paint } from './paint';
import { partAt } from './painted';

const SIZE = 112;
const painted = (task: 'counting' | 'chart' | 'text' | 'geometry', n: number) =>
  paint({ task, seed: seedIn('val', n), size: SIZE, pixels: 96, whole: true });

test('a picture has as many pixels as wished, all opaque; its boxes keep the size that is asked about', () => {
  const { rgba, parts } = painted('counting', 3);
  expect(rgba.length).toBe(96 * 96 * 4);
  expect(rgba.filter((_, at) => at % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
  expect(Math.max(...parts.flatMap(({ box }) => box))).toBeGreaterThan(96 / 2);
});

test('every object of a scene can be pointed at, within its box and nowhere else', () => {
  const picture = painted('counting', 1);
  const found = new Set<number>();
  for (let y = 0; y < SIZE; y++)
    for (let x = 0; x < SIZE; x++) {
      const at = partAt(picture, SIZE, x + 0.5, y + 0.5);
      if (at === null) continue;
      found.add(at);
      const [x1, y1, x2, y2] = picture.parts[at]?.box ?? [0, 0, 0, 0];
      expect(x >= x1 && x < x2 && y >= y1 && y < y2).toBe(true);
    }
  expect(found.size).toBe(picture.parts.length);
});

test('every bar of a chart and every line of a text can be pointed at', () => {
  for (const task of ['chart', 'text'] as const) {
    const picture = painted(task, 2);
    expect(picture.parts.length).toBeGreaterThan(0);
    picture.parts.forEach(({ box: [x1, y1, x2, y2] }, index) => {
      expect(partAt(picture, SIZE, (x1 + x2) / 2, (y1 + y2) / 2)).toBe(index);
    });
  }
  expect(partAt(painted('geometry', 2), SIZE, 50, 50)).toBeNull();
});

test('the training row is the one that the command writes', () => {
  const set = {
    split: 'val',
    tasks: ['chart'],
    seed: 3,
    size: SIZE,
    frame: SIZE,
    image: { format: 'png' },
    further: false,
    paraphrase: false,
    talk: false,
    places: false,
  } as const;
  const { images, ...words } = trainingRow(set, 17);
  expect(images.length).toBe(1);
  const { seed } = words.extra_info;
  expect(paint({ task: 'chart', seed, size: SIZE, pixels: 96, whole: true }).row).toEqual(words);
});
