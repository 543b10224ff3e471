'use client';

import Link from 'next/link';
import { PageHeader } from '../ui/page-header';
import { visible } from '../ui/visible';
import { JobActions } from './job-actions';
import { KIND_WORDS, statusLine, stepWords } from './job-words';
import { StateMark } from './state-mark';
import type { JobPage } from './types';
import type { LiveJob } from './use-job';

/** What a job is, where it stands at this moment, its chain, and what may be done about it. */
export function JobHead({
  job,
  lostFor,
  connection,
}: {
  job: JobPage;
  lostFor: number;
  connection: LiveJob['connection'];
}) {
  const before = job.chain.find(({ id }) => id === job.afterId) ?? null;
  return (
    <div className="stack training-head">
      <PageHeader
        title={<span dir="auto">{visible(job.name)}</span>}
        trail={<Link href="/training">Training</Link>}
        actions={job.mayDecide ? <JobActions job={job} /> : undefined}
      >
        <span>{KIND_WORDS[job.kind]}</span>
        {' · '}
        {job.public ? 'public' : 'a draft, seen by the team alone'}
        {' · by '}
        {visible(job.owner)}
      </PageHeader>
      <div className="panel training-status">
        <p className="training-status-line" role="status" dir="auto">
          <StateMark state={job.state} sentence={visible(statusLine({ ...job, before, lostFor }))} />
        </p>
        {job.steps === null || job.kind === 'export' ? null : (
          <progress
            className="progress"
            aria-label={`Progress: ${stepWords(job)}`}
            value={job.step}
            max={Math.max(1, job.steps)}
          />
        )}
        {connection === 'broken' || connection === 'connecting' ? (
          <p className="text-muted">
            {connection === 'broken'
              ? 'The connection to the server broke: what stands here is no longer new. Reload the page.'
              : 'Connecting, to follow it live.'}
          </p>
        ) : null}
        {!job.published && job.runId === null && job.line.length === 0 ? null : (
          <p className="flex flex-wrap gap-x-4">
            {job.published ? <Link href="/chat">Its checkpoint is in the chat</Link> : null}
            {job.runId === null ? null : (
              <Link href={`/runs/${encodeURIComponent(job.runId)}`}>Its run, with every sample</Link>
            )}
            {job.line.length === 0 ? null : (
              <Link href={`/compare?checkpoints=${job.line.map(encodeURIComponent).join(',')}`}>
                Compared with what it was trained from
              </Link>
            )}
          </p>
        )}
      </div>
      {job.note === '' ? null : (
        <p className="max-w-prose whitespace-pre-wrap" dir="auto">
          {visible(job.note)}
        </p>
      )}
      {job.chain.length < 2 ? null : <Chain job={job} />}
    </div>
  );
}

/** The jobs of a chain in their order, each after the one before it. */
const Chain = ({ job }: { job: JobPage }) => (
  <nav aria-label="Chain">
    <ol className="training-chain">
      {job.chain.map((each) => (
        <li key={each.id}>
          {each.id === job.id ? (
            <strong aria-current="page" dir="auto">
              {visible(each.name)}
            </strong>
          ) : (
            <Link href={`/training/${encodeURIComponent(each.id)}`} dir="auto">
              {visible(each.name)}
            </Link>
          )}
          <StateMark state={each.id === job.id ? job.state : each.state} />
        </li>
      ))}
    </ol>
  </nav>
);
