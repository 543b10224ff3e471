import type { Endpoint } from '@/lib/chat/endpoint';
import { mayChange, type Principal } from '../auth';
import { env, type ServedModel } from '../env';
import { Problem } from '../problem';
import { rateLimit } from '../rate-limit';

/** The models that visitors may talk to, as the page has them. */
export const endpoints = (): Endpoint[] =>
  env().OCEAN_CHAT_MODELS.map(({ id, label, stage, checkpoint, pictures }) => ({
    id,
    label,
    stage,
    checkpoint,
    pictures,
  }));

/** The model of an endpoint, for one reply, which is counted. @throws Problem */
export async function modelFor(
  endpointId: string,
  { principal, address }: { principal: Principal; address: string },
): Promise<ServedModel> {
  const model = env().OCEAN_CHAT_MODELS.find(({ id }) => id === endpointId);
  if (model === undefined) throw new Problem('not-found', `This server has no model "${endpointId}".`);
  const limit = rateLimit(`chat with ${model.id}`, model.perVisitor, model.perMinute, 60_000);
  const wait = mayChange(principal) ? 0 : await limit.take(address);
  if (wait > 0)
    throw new Problem(
      'too-many',
      `${model.label} was asked a lot in the last minute. Try again in ${wait} ${wait === 1 ? 'second' : 'seconds'}.`,
    );
  return model;
}
