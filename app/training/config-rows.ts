/** Settings side by side. */

type Settings = Readonly<Record<string, string>>;

export interface ConfigRow {
  key: string;
  value: string | null;
  /** Of the repository's recipe; undefined where that says the same, or there is none. */
  repository: string | null | undefined;
  /** Of each job that is laid over; undefined where it says the same. */
  others: readonly (string | null | undefined)[];
  differs: boolean;
}

/** All settings of all, those that differ first, each by its name. */
export function configRows(
  own: Settings,
  repository: Settings | null,
  others: readonly (Settings | null)[],
): ConfigRow[] {
  const keys = new Set([own, repository, ...others].flatMap((each) => Object.keys(each ?? {})));
  const rows = [...keys].sort().map((key): ConfigRow => {
    const value = own[key] ?? null;
    const told = (settings: Settings | null) => {
      const other = settings === null ? value : (settings[key] ?? null);
      return other === value ? undefined : other;
    };
    const row = { key, value, repository: told(repository), others: others.map(told) };
    return { ...row, differs: row.repository !== undefined || row.others.some((each) => each !== undefined) };
  });
  return [...rows.filter(({ differs }) => differs), ...rows.filter(({ differs }) => !differs)];
}
