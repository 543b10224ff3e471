import type { ReactNode } from 'react';
import { FORMATS } from '@/lib/predictions/predictions-file';
import type { RunPage } from '@/server/evals/types';
import { Command } from '../ui/command';
import { CopyButton } from '../ui/copy-button';
import { formatBytes, formatCount, formatDate, formatSize } from '../ui/format';
import { oceanHere } from '../ui/site-address';
import { visible } from '../ui/visible';
import { citationOf, scoreCommand, settingText } from './run-words';

const FORMAT_LABELS: Readonly<Record<string, string>> = FORMATS;

/** How the figure was made, in enough detail to make it again. */
export async function RunProvenance({ run }: { run: RunPage }) {
  const again = scoreCommand(await oceanHere(), run);
  const { scorer, data, file } = run;
  return (
    <section className="panel run-provenance" aria-labelledby="run-provenance">
      <h2 id="run-provenance" className="label">
        How it was made
      </h2>
      {scorer === null ? null : (
        <p>
          {scorer.rule} <code className="text-muted">{scorer.id}</code>
        </p>
      )}
      {run.source === 'reported' ? <Source citation={run.citation} /> : null}
      {file === null || scorer === null ? null : (
        <div>
          <div className="flex items-center justify-between gap-3">
            <h3 className="label">Make it again</h3>
            <CopyButton label="Copy" read={again} className="button-quiet-small" />
          </div>
          <Command>{again}</Command>
        </div>
      )}
      <details className="run-more">
        <summary>{run.source === 'reported' ? 'More' : 'Data, file, prompt and settings'}</summary>
        <dl className="facts">
          {scorer === null || scorer.upstream === null ? null : (
            <Fact name="Upstream">
              {scorer.upstream.repository} · {scorer.upstream.path} at commit{' '}
              <code>{scorer.upstream.commit}</code>
            </Fact>
          )}
          {data === null ? null : (
            <>
              <Fact name="Data">
                {formatCount(data.sampleCount)} samples from {data.source}
                <br />
                sha256 <code>{data.sha256}</code>
              </Fact>
              <Fact name="Licence">{data.licence}</Fact>
            </>
          )}
          {file === null ? null : (
            <Fact name="File">
              <bdi>{visible(file.name)}</bdi>, {formatBytes(file.bytes)},{' '}
              {FORMAT_LABELS[file.format] ?? file.format}
              <br />
              sha256 <code>{file.sha256}</code>
            </Fact>
          )}
          {run.matched === null ? null : (
            <Fact name="Rows">
              {formatCount(run.matched)} matched to a sample, {formatCount(run.missing ?? 0)} samples missing
            </Fact>
          )}
          {run.source === 'reported' ? null : (
            <>
              <Fact name="Prompt">{run.prompt === null ? <NotSaid /> : <Submitted text={run.prompt} />}</Fact>
              <Fact name="Generation">
                <Generation settings={run.generation ?? {}} />
              </Fact>
            </>
          )}
          {run.model.parametersB === null ? null : (
            <Fact name="Parameters">{formatSize(run.model.parametersB)}, the vision encoder included</Fact>
          )}
          <Fact name="Entered">{formatDate(run.createdAt)}</Fact>
        </dl>
      </details>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Source({ citation }: { citation: string | null }) {
  if (citation === null) return <p>The source is not named.</p>;
  const { text, url } = citationOf(citation);
  return (
    <p>
      Quoted from{' '}
      {url === null ? (
        text
      ) : (
        <a href={url} rel="noreferrer">
          {text}
        </a>
      )}
      , where it stands without its predictions.
    </p>
  );
}

const NotSaid = () => <span className="text-muted">not said</span>;

/** A submitter's text, shown as text whatever is in it. */
const Submitted = ({ text }: { text: string }) => (
  <span dir="auto" className="run-prompt">
    {visible(text)}
  </span>
);

function Generation({ settings }: { settings: Record<string, unknown> }) {
  const entries = Object.entries(settings);
  if (entries.length === 0) return <NotSaid />;
  return entries.map(([name, value]) => (
    <span key={name} className="run-setting">
      {visible(name)} <bdi>{visible(settingText(value))}</bdi>
    </span>
  ));
}
