'use client';

import './globals.css';

/** Takes the place of the whole document where even the frame around the pages failed. */
export default function GlobalError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>Something failed · Ocean-R1</title>
        <main id="main">
          <h1>Something failed</h1>
          <p className="page-lead">Ocean-R1 could not draw this page. The server’s log says why.</p>
          <p className="mt-3">
            <button type="button" className="button" onClick={retry}>
              Try again
            </button>
          </p>
        </main>
      </body>
    </html>
  );
}
