import { eventsRequest, finishRequest } from '@/lib/training/protocol';
import { Problem } from '@/server/problem';
import { beat, finish, takeEvents } from '@/server/training';
import { answer } from '../../../answer';
import { readBody } from '../../../read-body';

type Context = { params: Promise<{ id: string; action: string }> };

/** What an attempt says of its job, by the lease in `x-lease`: `beat`, `events`, `finish`. */
export function POST(request: Request, { params }: Context): Promise<Response> {
  return answer(request, async (agent) => {
    const { id, action } = await params;
    const lease = request.headers.get('x-lease') ?? '';
    switch (action) {
      case 'beat':
        return Response.json(await beat(agent, id, lease));
      case 'events':
        return Response.json({
          nextSeq: await takeEvents(agent, id, lease, await readBody(request, eventsRequest)),
        });
      case 'finish':
        await finish(agent, id, lease, await readBody(request, finishRequest));
        return new Response(null, { status: 204 });
      default:
        throw new Problem('not-found', `There is no "${action}" of a job.`);
    }
  });
}
