'use client';

import { ErrorState } from './ui/state';

/** A page failed. In production the message stays on the server; the digest finds it in the log. */
export default function PageError({ error, retry }: { error: unknown; retry: () => void }) {
  // A page of another deployment than the one that is open here, or none without a network.
  const isPart =
    error instanceof Error &&
    /ChunkLoadError|Failed to load chunk|Failed to fetch/.test(`${error.name} ${error.message}`);
  if (isPart)
    return (
      <ErrorState title="This page could not be loaded">
        <h1 className="sr-only">Something is missing</h1>
        <p>There is no network, or the site has changed since you opened it.</p>
        <p className="mt-3">
          <button type="button" className="button" onClick={() => window.location.reload()}>
            Reload
          </button>
        </p>
      </ErrorState>
    );
  const digest = error instanceof Error && 'digest' in error ? String(error.digest) : null;
  return (
    <ErrorState title="This page could not be made">
      <h1 className="sr-only">Something failed</h1>
      <p>
        The server’s log says why{digest === null ? '' : `, under digest ${digest}`}. Nothing was lost; try
        again in a moment.
      </p>
      <p className="mt-3">
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      </p>
    </ErrorState>
  );
}
