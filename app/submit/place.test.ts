import { describe, expect, it } from 'vitest';
import { placeHref, readPlace } from './place';

const sha256 = 'ab'.repeat(32);
const read = (href: string) => readPlace(new URL(href, 'http://localhost').searchParams);

describe('the address of a submission', () => {
  it.each([
    { file: null, target: null },
    { file: { sha256, name: 'geoqa_grpo_700.json' }, target: null },
    {
      file: { sha256, name: 'Ünïcode & "quotes" #1?.json' },
      target: { benchmark: 'refcoco', split: 'refcoco_val' },
    },
  ])('brings back what it was made of: %j', (place) => {
    expect(read(placeHref(place))).toEqual(place);
  });

  it('ignores what is no sha256, and half a target', () => {
    expect(read('/submit?file=../../etc/passwd&benchmark=geoqa')).toEqual({ file: null, target: null });
    expect(read(`/submit?file=${sha256.toUpperCase()}`).file).toBeNull();
  });

  it('shortens a long name to what the server takes, keeping its end', () => {
    const name = read(placeHref({ file: { sha256, name: `${'x'.repeat(250)}_700.jsonl` }, target: null }))
      .file?.name;
    expect(name).toHaveLength(200);
    expect(name).toMatch(/_700\.jsonl$/);
  });

  it('names a file that has lost its name', () => {
    expect(read(`/submit?file=${sha256}`).file?.name).toBe('predictions');
  });
});
