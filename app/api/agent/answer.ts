import type { Refusal } from '@/lib/training/protocol';
import { log } from '@/server/log';
import { Problem } from '@/server/problem';
import { requestIdOf } from '@/server/request-id';
import { type Agent, authoriseAgent, EventGap, LeaseLost } from '@/server/training';

/** What every door of the agents does: who asks is authorised, and a refusal is a sentence with its kind. */
export async function answer(request: Request, work: (agent: Agent) => Promise<Response>): Promise<Response> {
  const requestId = requestIdOf(request.headers);
  const refuse = (status: number, refusal: Refusal) =>
    Response.json(refusal, { status, headers: { 'x-request-id': requestId } });
  try {
    return await work(await authoriseAgent(request.headers));
  } catch (error) {
    if (error instanceof Problem)
      return refuse(error.status, {
        error: error.message,
        kind: error instanceof LeaseLost ? 'lease-lost' : error instanceof EventGap ? 'gap' : error.kind,
        expected: error instanceof EventGap ? error.expected : null,
      });
    log.error({ requestId, err: error }, 'a request of an agent failed');
    return refuse(500, {
      error: `Something failed here; the log has it under request ${requestId}.`,
      kind: 'failed',
      expected: null,
    });
  }
}
