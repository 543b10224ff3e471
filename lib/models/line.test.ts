import { expect, it } from 'vitest';
import { ancestorsOf, baseOf, type InLine } from './line';

const line = (...parents: readonly (readonly [string, string | null])[]) => {
  const rows = parents.map(([checkpointId, parentId]): InLine => ({ checkpointId, parentId }));
  return { rows, byId: new Map(rows.map((each) => [each.checkpointId, each])) };
};

it('the base is that which the training began from, through every stage, never the stage before', () => {
  const { rows, byId } = line(['base', null], ['one', 'base'], ['two', 'one'], ['lost', 'gone']);
  expect(rows.map((each) => baseOf(each, byId)?.checkpointId)).toEqual([
    undefined,
    'base',
    'base',
    undefined,
  ]);
});

it('parents that go in a circle end', () => {
  const { rows, byId } = line(['a', 'b'], ['b', 'a']);
  expect(rows.map((each) => ancestorsOf(each, byId).length)).toEqual([1, 1]);
});
