import Link from 'next/link';
import { api } from '../trpc/server';

export async function SiteFooter() {
  const { operator, source } = await (await api()).site.about();
  return (
    <footer className="site-footer">
      <div>
        <p>
          Every figure is a percentage of a benchmark’s published samples, with its 95 % interval where the
          samples are known. <em>Recomputed</em> figures were scored here, sample by sample, by the rule that
          made the published table; <em>reported</em> ones are quoted.
        </p>
        <p>
          The recipe and its table: <a href="https://github.com/VLM-RL/Ocean-R1">VLM-RL/Ocean-R1</a>. This
          site is free software under the Apache License 2.0; each benchmark’s data keeps its own licence,
          named on its page.
        </p>
        <p>
          Have predictions of your own model? <Link href="/submit">Hand in the file</Link> and see every
          verdict with its reason, before anything is published. In a terminal:{' '}
          <Link href="/cli">the command</Link>. How all of it works: <Link href="/docs">the guides</Link>.
        </p>
        {operator === null && source === null ? null : (
          <p>
            {operator === null ? null : (
              <>
                This site is run by{' '}
                {operator.url === null ? operator.name : <a href={operator.url}>{operator.name}</a>}.{' '}
              </>
            )}
            {source === null ? null : (
              <>
                Its source: <a href={source}>{source.replace(/^https?:\/\//, '')}</a>.
              </>
            )}
          </p>
        )}
      </div>
    </footer>
  );
}
