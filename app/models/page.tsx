import './models.css';
import type { Metadata } from 'next';
import Link from 'next/link';
import { api } from '../trpc/server';
import { formatSize, formatStage } from '../ui/format';
import { PageHeader } from '../ui/page-header';
import { EmptyState } from '../ui/state';

export const metadata: Metadata = {
  title: 'Models',
  description:
    'Models trained by the recipe and the bases they began from: lineage, figures with intervals, files, and how to serve them.',
};

export default async function ModelsPage() {
  const rows = await (await api()).models.list();
  return (
    <>
      <PageHeader title="Models">
        <p>
          Models of the recipe and those that they are compared with: where each came from, what it scores,
          its files, and how to run it.
        </p>
      </PageHeader>
      {rows.length === 0 ? (
        <EmptyState title="No model is here yet">
          <p>
            A model appears with its first published run. <Link href="/submit">Hand in predictions</Link>.
          </p>
        </EmptyState>
      ) : (
        <div className="table-scroll">
          <table className="data-table models-table">
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col">Family</th>
                <th scope="col" className="num">
                  Parameters
                </th>
                <th scope="col">Checkpoints</th>
                <th scope="col">Weights</th>
                <th scope="col">Runs here</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ slug, name, family, parametersB, stages, openWeights, inBrowser }) => (
                <tr key={slug}>
                  <th scope="row" dir="auto">
                    <Link href={`/models/${encodeURIComponent(slug)}`} prefetch={false}>
                      {name}
                    </Link>
                  </th>
                  <td dir="auto">{family}</td>
                  <td className="num">{formatSize(parametersB)}</td>
                  <td>{stages.map((stage) => (stage === null ? 'one' : formatStage(stage))).join(', ')}</td>
                  <td>{openWeights ? 'open' : 'closed'}</td>
                  <td>{inBrowser ? 'in your browser' : '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
