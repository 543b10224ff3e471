import { browserModels } from '@/server/models';

export const dynamic = 'force-dynamic';

/** `/models/models.json`: the models that browsers run, as they are now. */
export async function GET(): Promise<Response> {
  return Response.json(await browserModels(), { headers: { 'cache-control': 'no-cache' } });
}
