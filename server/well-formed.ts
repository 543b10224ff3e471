/** JSON whose texts Postgres can store: NUL and halves of surrogate pairs are replaced. */
export function wellFormed<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, each: unknown) =>
    typeof each === 'string' ? each.replace(/[\0\p{Cs}]/gu, '\ufffd') : each,
  );
}
