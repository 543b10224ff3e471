import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { file, ROOT } from './world';

/** The web as far as annotations are published there, with files that were made up here in place of theirs. */
const PUBLISHED: Readonly<Record<string, string>> = {
  'data/testmini.jsonl': 'few-contests.jsonl',
  'superclevr_test200_counting_problems.jsonl': 'counting.jsonl',
  'super_clevr_test_5k.jsonl': 'counting.jsonl',
  'geoqa_test_prompts.jsonl': 'geometry.jsonl',
};

/** Of a Node process that has the web's address in REROUTED. */
export const REROUTING = `--require ${join(ROOT, 'scripts', 'rerouted-fetch.cjs')}`;

/** `env` sends the fetches of a Node process there. */
export async function startWeb(): Promise<{
  env: Record<'REROUTED' | 'NODE_OPTIONS', string>;
  end: () => void;
}> {
  const server = createServer(({ url = '' }, response) => {
    const name = Object.keys(PUBLISHED).find((path) => url.endsWith(path));
    if (name === undefined) response.writeHead(404).end();
    else response.end(readFileSync(file(PUBLISHED[name] ?? '')));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    env: {
      REROUTED: `http://127.0.0.1:${address.port}`,
      NODE_OPTIONS: REROUTING,
    },
    end: () => server.close(),
  };
}
