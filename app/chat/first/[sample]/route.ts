import { sceneOf } from '@/lib/benchmarks/ocean-world';
import { encodePng } from '@/lib/world/png';
import { ask, render } from '@/lib/world/world';
import { FIRST_SAMPLES } from '../../first-scenes';

/** Small pictures of the scenes to begin with, painted when the site is built. */
export const dynamic = 'force-static';
export const dynamicParams = false;

/** Twice the side that is shown, for fine screens. */
const SIDE = 256;

export const generateStaticParams = () => FIRST_SAMPLES.map((sample) => ({ sample }));

export async function GET(
  _: Request,
  { params }: { params: Promise<{ sample: string }> },
): Promise<Response> {
  const found = sceneOf('test', (await params).sample);
  if (found === null) return new Response('There is no such scene.', { status: 404 });
  const { scene } = ask(found.task, found.seed, SIDE);
  return new Response(Buffer.from(encodePng(render(scene, SIDE))), {
    headers: { 'content-type': 'image/png', 'cache-control': 'public, max-age=86400' },
  });
}
