import { processWide } from './process-wide';

/**
 * What was made lately and does not change, kept so that it is not made anew; of more than `most` that which was not
 * asked for for longest goes. What fails is not kept.
 */
export function keptLately<T>(
  name: string,
  most: number,
): (key: string, make: () => Promise<T>) => Promise<T> {
  const all = processWide(name, () => new Map<string, Promise<T>>());
  return (key, make) => {
    const known = all();
    const kept = known.get(key);
    if (kept !== undefined) {
      known.delete(key);
      known.set(key, kept);
      return kept;
    }
    const made = make();
    known.set(key, made);
    made.catch(() => known.delete(key));
    for (const oldest of known.keys()) {
      if (known.size <= most) break;
      known.delete(oldest);
    }
    return made;
  };
}
