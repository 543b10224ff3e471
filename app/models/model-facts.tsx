import Link from 'next/link';
import type { ModelPage } from '@/server/models';
import { Command } from '../ui/command';
import { formatBytes, formatSize } from '../ui/format';
import { visible } from '../ui/visible';

/** What is known of a model, how it is run, and its files. */
export function ModelFacts({ model }: { model: ModelPage }) {
  const { name, family, parametersB, openWeights, link, folders, line } = model;
  const repository = link?.match(/^https:\/\/huggingface\.co\/([\w.-]+\/[\w.-]+)$/)?.[1];
  const hasFiles = folders.length > 0;
  return (
    <aside className="model-facts" aria-label={`About ${visible(name)}`}>
      <section>
        <h2>Facts</h2>
        <dl className="facts">
          <dt>Family</dt>
          <dd dir="auto">{visible(family)}</dd>
          <dt>Parameters</dt>
          <dd>{formatSize(parametersB)}</dd>
          <dt>Weights</dt>
          <dd>
            {hasFiles ? 'on this site, below' : null}
            {hasFiles && link !== null ? '; ' : null}
            {link === null ? null : (
              <a href={link} rel="noreferrer nofollow ugc">
                {link.replace(/^https?:\/\//, '')}
              </a>
            )}
            {hasFiles || link !== null ? null : openWeights ? 'open; where they are was not said' : 'closed'}
          </dd>
          <dt>Licence</dt>
          <dd>
            {model.card === null ? (
              'not known here; it is named where its weights are'
            ) : (
              <a href="https://www.apache.org/licenses/LICENSE-2.0">Apache License 2.0</a>
            )}
          </dd>
        </dl>
      </section>
      <section>
        <h2>How to serve it</h2>
        {repository === undefined ? null : (
          <>
            <p>Behind vLLM, on a machine with a GPU:</p>
            <Command>{`pip install vllm\nvllm serve ${repository} --dtype bfloat16 --max-model-len 16384 --generation-config vllm`}</Command>
          </>
        )}
        {hasFiles ? (
          <p>
            Visitors’ browsers run it: <Link href="/chat">Try it</Link>. Of a copy of its folder,{' '}
            <Link href="/docs/serving">transformers’ own server</Link> does it too.
          </p>
        ) : repository === undefined ? (
          <p>What its authors say of it holds; here are figures alone.</p>
        ) : null}
        <p>
          To have it answer in the chat of a site of yours:{' '}
          <Link href="/docs/serving">Models behind a server</Link>.
        </p>
      </section>
      {folders.map(({ checkpointId, files }) => (
        <section key={checkpointId}>
          <h2>
            Files of <code>{checkpointId}</code>
          </h2>
          <details open={line.at(-1)?.checkpointId === checkpointId}>
            <summary>
              {files.length} files, {formatBytes(files.reduce((sum, { bytes }) => sum + bytes, 0))}
            </summary>
            <ul className="model-files">
              {files.map(({ path, url, bytes, sha256 }) => (
                <li key={path}>
                  <a href={url} download>
                    {path}
                  </a>{' '}
                  {formatBytes(bytes)}
                  <code title={sha256}>sha256 {sha256}</code>
                </li>
              ))}
            </ul>
          </details>
        </section>
      ))}
    </aside>
  );
}
