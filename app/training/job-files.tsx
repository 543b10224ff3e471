import { memo } from 'react';
import { visible } from '../ui/visible';
import type { JobPage } from './types';

const PURPOSES = { checkpoint: 'Checkpoint', export: 'Exported model', predictions: 'Predictions' } as const;

/** What a job sent, as folders. */
function JobFilesSection({ job }: { job: JobPage }) {
  const groups = (['checkpoint', 'export', 'predictions'] as const)
    .map((purpose) => [purpose, job.files.filter((file) => file.purpose === purpose)] as const)
    .filter(([, files]) => files.length > 0);
  return (
    <section aria-labelledby="files-heading" className="stack">
      <h2 id="files-heading">Files</h2>
      {job.files.length === 0 ? (
        <p className="text-muted">
          {job.owner === 'site' ? 'Its files are those of the model in the chat.' : 'It has sent none yet.'}
        </p>
      ) : (
        groups.map(([purpose, files]) => (
          <details key={purpose}>
            <summary>
              {PURPOSES[purpose]}
              {purpose === 'checkpoint' ? ` of step ${files[0]?.step}` : ''}{' '}
              <span className="text-muted">· {files.length} files</span>
            </summary>
            <ul className="training-files">
              {files.map(({ path, sha256 }) => (
                <li key={path}>
                  <span dir="auto">{visible(path)}</span> <code title={sha256}>{sha256.slice(0, 12)}</code>
                </li>
              ))}
            </ul>
          </details>
        ))
      )}
    </section>
  );
}

/** A step more changes nothing of it. */
export const JobFiles = memo(JobFilesSection);
