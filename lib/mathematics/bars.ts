import type { Token } from '@/lib/mathematics/tokens';

export type Role = 'open' | 'close' | 'evaluate';

/** More bars than this are read as pairs, one after another. */
const MAX_BARS = 10;

/** The ways in which bars can open, close, or mark an evaluation; as ANTLR would try them. */
export function barRoles(tokens: readonly Token[]): readonly Map<number, Role>[] {
  const bars = tokens.flatMap(({ type }, index) => (type === '|' ? [index] : []));
  if (bars.length === 0) return [new Map()];
  if (bars.length > MAX_BARS) return [new Map(bars.map((bar, index) => [bar, index % 2 ? 'close' : 'open']))];
  const ways: Map<number, Role>[] = [];
  const assign = (index: number, open: number, roles: readonly Role[]) => {
    const bar = bars[index];
    if (bar === undefined) {
      if (open === 0) ways.push(new Map(roles.map((role, which) => [bars[which] ?? 0, role])));
      return;
    }
    const next = tokens[bar + 1]?.type;
    if ((next === '^' || next === '_') && tokens[bar + 2]?.type === '{')
      assign(index + 1, open, [...roles, 'evaluate']);
    if (bars.length - index > open) assign(index + 1, open + 1, [...roles, 'open']);
    if (open > 0) assign(index + 1, open - 1, [...roles, 'close']);
  };
  assign(0, 0, []);
  return ways;
}
