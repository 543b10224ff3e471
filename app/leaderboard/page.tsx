import './board.css';
import type { Metadata } from 'next';
import Link from 'next/link';
import { api } from '../trpc/server';
import { ExplainButton } from '../ui/explain';
import { PageHeader } from '../ui/page-header';
import { EmptyState } from '../ui/state';
import { BoardExplanations } from './board-explanations';
import { BoardScreen } from './board-screen';
import { explainId } from './explain-id';
import { packBoard } from './packed-board';

export const metadata: Metadata = {
  title: 'Leaderboard',
  description:
    'Vision-language models before and after they were taught to reason and to perceive: every figure with its rule, its interval and, where it was recomputed, its samples.',
};

export default async function LeaderboardPage() {
  const board = await (await api()).leaderboard.board();
  return (
    <div className="board-page">
      <PageHeader
        title="Leaderboard"
        actions={
          <Link href="/submit" prefetch={false} className="button">
            Submit predictions
          </Link>
        }
      >
        <p>
          Vision-language models trained by rule-based reinforcement learning, first to reason (stage 1), then
          to perceive (stage 2), beside the bases they started from.{' '}
          <span className="whitespace-nowrap">
            How to read the table <ExplainButton id={explainId('table')} label="How to read the table" />
          </span>
        </p>
      </PageHeader>
      {board.rows.length === 0 ? (
        <EmptyState title="Nothing is published yet">
          <p>
            The first figures appear here when a run is published.{' '}
            <Link href="/submit">Hand in a predictions file</Link>, or seed the published table with{' '}
            <code>npm run demo</code>.
          </p>
        </EmptyState>
      ) : (
        <div className="board-main">
          <BoardScreen packed={packBoard(board)} />
        </div>
      )}
      <BoardExplanations board={board} />
    </div>
  );
}
