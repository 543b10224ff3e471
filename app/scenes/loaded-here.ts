/** What this page or worker has loaded of the site's programs, as paths. */
export const loadedHere = (): string[] =>
  performance
    .getEntriesByType('resource')
    .map(({ name }) => new URL(name))
    .filter(
      ({ origin, pathname }) => origin === self.location.origin && pathname.startsWith('/_next/static/'),
    )
    .map(({ pathname }) => pathname);
