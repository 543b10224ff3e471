import type { Metadata } from 'next';
import release from '@/public/cli/release.json';
import { Command } from '../ui/command';
import { formatBytes } from '../ui/format';
import { PageHeader } from '../ui/page-header';
import { oceanHere, siteAddress } from '../ui/site-address';

export const metadata: Metadata = {
  title: 'The command',
  description:
    'What the site does, in a terminal: scoring without a server, handing in, training rows. With its hashes.',
};

/** How a stranger comes by the command, and that what came is what was made here. */
export default async function CliPage() {
  const [OCEAN, site] = await Promise.all([oceanHere(), siteAddress()]);
  return (
    <>
      <PageHeader title="The command">
        <p>
          What the site does in a terminal: install a benchmark, score a file without any server, hand it in,
          write training rows. It needs Node {release.node.replace('>=', '')} or newer and nothing else.
        </p>
      </PageHeader>
      <div className="stack max-w-prose">
        <h2>Run it</h2>
        <Command>{`${OCEAN} --help`}</Command>
        <p>
          npx takes it from this site and keeps it; the package of the name “ocean” in npm’s registry is
          somebody else’s.
        </p>
        <h2>Or keep it as one file</h2>
        <Command>{`curl -O ${site}/cli/ocean.cjs\nnode ocean.cjs --help`}</Command>
        <h2>Version {release.version}</h2>
        <dl className="facts">
          {release.files.map(({ name, bytes, sha256 }) => (
            <div key={name} className="contents">
              <dt>
                <a href={`/cli/${name}`} download>
                  {name}
                </a>
                , {formatBytes(bytes)}
              </dt>
              <dd className="wrap-anywhere">
                sha256 <code>{sha256}</code>
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </>
  );
}
