import Link from 'next/link';
import type { PreflightReport } from '@/server/evals/types';
import { formatBinaryBytes, formatCount, formatDelta, formatPercent } from '../ui/format';
import { whyDifferent } from './why-different';

/** What the preflight found, in figures and sentences. */
export function Report({ report }: { report: PreflightReport }) {
  const { target, problems, claimedAccuracy: claimed } = report;
  // Without its annotations nothing can be matched, and figures of nothing would mislead.
  const installed = report.candidates.some(
    (one) => one.installed && one.benchmark === target?.benchmark && one.split === target.split,
  );
  const scored = report.recomputed !== null || problems.length === 0;
  return (
    <div className="stack">
      <p>
        {report.whole ? '' : 'The first '}
        {formatCount(report.rows)} {report.rows === 1 ? 'row' : 'rows'} of{' '}
        <strong className="font-semibold">{report.format.label}</strong>, {formatBinaryBytes(report.bytes)}.
        {report.whole ? '' : ' All are too many for a preflight: the scoring reads the others.'}
        {scored || claimed === null ? '' : ` The file claims an accuracy of ${formatPercent(claimed)} %.`}
      </p>
      {report.existingRunId === null ? null : (
        <p className="submit-note">
          These bytes were submitted before.{' '}
          <Link href={`/runs/${report.existingRunId}`}>Open their run</Link>
        </p>
      )}
      {installed ? <Counts report={report} /> : null}
      {installed && scored ? <Accuracies report={report} /> : null}
      {problems.length === 0 ? null : (
        <div className="submit-problem">
          <p className="font-semibold">
            {target === null ? 'Which benchmark is it?' : 'It cannot be scored as it is'}
          </p>
          <ul className="submit-problem-words">
            {problems.map((problem) => (
              <li key={problem}>
                <WithCommands text={problem} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

/** A sentence of the server, in which `backticks` hold what is to be typed. */
function WithCommands({ text }: { text: string }) {
  return text.split('`').map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <code key={part} className="submit-command">
        {part}
      </code>
    ),
  );
}

function Counts({ report }: { report: PreflightReport }) {
  const { whole, matched, missing, unknown, duplicates, total, examples } = report;
  const off = [
    // What the first rows do not name, others may.
    ...(whole
      ? [
          {
            label: 'Missing',
            count: missing,
            note: 'samples without a row; each counts as wrong',
            examples: examples.missing,
          },
        ]
      : []),
    { label: 'Unknown', count: unknown, note: 'rows that name no sample of it', examples: examples.unknown },
    {
      label: 'Duplicates',
      count: duplicates,
      note: 'rows for a sample that has one',
      examples: examples.duplicates,
    },
  ];
  return (
    <>
      <dl className="submit-counts">
        <div>
          <dt>Matched</dt>
          <dd>
            <span className="submit-figure">{formatCount(matched)}</span>
            <span className="submit-hint">of {formatCount(total)} samples</span>
          </dd>
        </div>
        {off.map(({ label, count, note }) => (
          <div key={label} className={count > 0 ? 'submit-count-off' : undefined}>
            <dt>{label}</dt>
            <dd>
              <span className="submit-figure">{formatCount(count)}</span>
              <span className="submit-hint">{note}</span>
            </dd>
          </div>
        ))}
      </dl>
      {off.map(({ label, count, examples: some }) =>
        some.length === 0 ? null : (
          <details key={label} className="submit-details">
            <summary>
              {label}: {some.length === count ? 'all' : `the first ${some.length}`} of {formatCount(count)}
            </summary>
            <ul className="submit-examples">
              {some.map((example) => (
                <li key={example}>{example}</li>
              ))}
            </ul>
          </details>
        ),
      )}
    </>
  );
}

function Accuracies({ report }: { report: PreflightReport }) {
  const { claimedAccuracy: claimed, scorer } = report;
  const recomputed = report.recomputed?.accuracy ?? null;
  const reasons = whyDifferent(report);
  if (claimed === null && recomputed === null) return null;
  return (
    <>
      <dl className="submit-counts submit-accuracies">
        <div>
          <dt>Claimed in the file</dt>
          <dd>
            <span className="submit-figure">{claimed === null ? '–' : `${formatPercent(claimed)} %`}</span>
            <span className="submit-hint">
              {claimed === null ? 'The file claims no accuracy.' : 'As the file says; never used.'}
            </span>
          </dd>
        </div>
        <div>
          <dt>Recomputed here</dt>
          <dd>
            <span className="submit-figure">
              {recomputed === null ? '–' : `${formatPercent(recomputed)} %`}
            </span>
            <span className="submit-hint">
              {recomputed === null
                ? 'Too long for a preflight; the scoring will tell.'
                : agreement(claimed, recomputed)}{' '}
              {scorer === null || recomputed === null ? null : (
                <>
                  By <code>{scorer.id}</code>.
                </>
              )}
            </span>
          </dd>
        </div>
      </dl>
      {reasons.length === 0 ? null : (
        <div className="submit-note">
          <p className="font-semibold">Why it is another than the file’s own figure</p>
          <ul className="list-disc pl-5">
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function agreement(claimed: number | null, recomputed: number): string {
  if (claimed === null) return '';
  const difference = formatDelta(recomputed - claimed);
  return difference === '±0.0' ? 'Agrees with the file.' : `${difference} points to the file’s figure.`;
}
