import { type LeaseReply, leaseRequest, PROTOCOL } from '@/lib/training/protocol';
import { Problem } from '@/server/problem';
import { BEAT_SECONDS, failJob, LEASE_SECONDS, resumeOf, seen, startOf, takeJob } from '@/server/training';
import { answer } from '../answer';
import { readBody } from '../read-body';

/** An agent asks for work, and waits for some. */
export function POST(request: Request): Promise<Response> {
  return answer(request, async (agent) => {
    const { protocol, machine, held } = await readBody(request, leaseRequest);
    if (protocol !== PROTOCOL)
      throw new Problem(
        'conflict',
        `This server speaks version ${PROTOCOL} of the agents' protocol and the agent version ${protocol}: bring the older of the two up to date.`,
      );
    await seen(agent, machine);
    const taken = await takeJob(agent, request.signal, { held });
    const reply: LeaseReply = { job: null, beatEvery: BEAT_SECONDS, leaseFor: LEASE_SECONDS };
    if (taken === null) return Response.json(reply);
    const { job, lease } = taken;
    try {
      const [start, resume] = await Promise.all([startOf(job), resumeOf(job)]);
      const { id, name, spec, attempt } = job;
      return Response.json({ ...reply, job: { id, name, spec, attempt, lease, start, resume } });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await failJob(job.id, error.message);
      return Response.json(reply);
    }
  });
}
