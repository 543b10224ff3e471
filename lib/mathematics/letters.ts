import { holds, partsOf, type Value } from '@/lib/mathematics/expression';

/** The names of the letters, bound ones of series and integrals aside. */
export function lettersOf(value: Value): Set<string> {
  const names = new Set<string>();
  const collect = (part: Value) => {
    if (part.kind === 'symbol') names.add(part.name);
    if (part.kind === 'function' && /^(?:series|product series|integral|limit)$/.test(part.name)) {
      const [term, variable, ...bounds] = part.parts;
      for (const name of term ? lettersOf(term) : [])
        if (variable?.kind !== 'symbol' || name !== variable.name) names.add(name);
      bounds.forEach(collect);
    } else partsOf(part).forEach(collect);
  };
  collect(value);
  return names;
}

/** The letters, and whether upstream takes them for real. */
export function kindsOfLetters(value: Value): Map<string, boolean> {
  const names = lettersOf(value);
  const kinds = new Map<string, boolean>();
  holds(value, (part) => {
    if (part.kind === 'symbol' && names.has(part.name)) kinds.set(part.name, part.real);
    return false;
  });
  return kinds;
}

/** Whether its value is not known: it has letters, or functions of unknown rule. */
export const hasLetters = (value: Value): boolean => lettersOf(value).size > 0 || holds(value, isUnknown);
const isUnknown = (part: Value): boolean => part.kind === 'function' && part.name.endsWith('()');
