import { toCsv } from '@/lib/csv';
import { api } from '../../trpc/server';
import { exportRecords, toJson } from '../board-export';
import { parseView, showBoard } from '../board-view';

/** The leaderboard as a file: the address of a view with `format=csv` or `format=json` gives what that view shows. */
export async function GET(request: Request): Promise<Response> {
  const params = new URL(request.url).searchParams;
  const board = await (await api()).leaderboard.board();
  const view = parseView(params, board);
  const shown = showBoard(board, view);
  const json = params.get('format') === 'json';
  return new Response(json ? toJson(shown, view) : toCsv(exportRecords(shown)), {
    headers: {
      'Content-Type': json ? 'application/json; charset=utf-8' : 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="ocean-r1-leaderboard.${json ? 'json' : 'csv'}"`,
      'Cache-Control': 'no-store',
    },
  });
}
