import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { PORT } from './world';

/**
 * An OpenAI-compatible server whose models are made up, for what a real one does at no one's wish: breaking off, going
 * on for ever. `/seen` tells what it was asked last and how many replies are open.
 */

export const MODEL_PORT = PORT + 1;
export const MODEL_KEY = 'sk-end-to-end-0123456789abcdef';
const API = `http://127.0.0.1:${MODEL_PORT}/v1`;

const common = { url: API, key: MODEL_KEY, perVisitor: 1_000, perMinute: 1_000 };

/** For OCEAN_CHAT_MODELS. */
export const MODELS = [
  { ...common, id: 'steady', label: 'Steady 7B', model: 'steady', checkpoint: 'ocean-r1-7b-instruct' },
  { ...common, id: 'breaking', label: 'Breaking 3B', model: 'breaking' },
  { ...common, id: 'endless', label: 'Endless 3B', model: 'endless' },
  { ...common, id: 'gone', label: 'Gone 3B', model: 'gone', url: 'http://127.0.0.1:4188/v1' },
  { ...common, id: 'writer', label: 'Writer 3B', model: 'writer' },
  { ...common, id: 'rare', label: 'Rare 3B', model: 'steady', perVisitor: 2 },
];

export const STEADY_REPLY = '<think>\nOne by one: two of them.\n</think>\n<answer>\n2\n</answer>';

/** As larger models write, and as none should. */
export const WRITTEN_REPLY = `<think>
Shapes first.

- a *cube*
- two spheres, so \\(1 + 2 = 3\\)
</think>
<answer>
Three, by kind:

| kind | count |
|---|--:|
| cube | 1 |
| sphere | 2 |

See [the rules](https://example.org/rules), [this](javascript:alert(1)) and <img src=x onerror=alert(1)>.
</answer>`;

export interface Seen {
  open: number;
  last: { model: string; messages: { role: string; content: unknown }[] } | null;
}

/** @returns what ends it. */
export async function startModelServer(): Promise<() => void> {
  const seen: Seen = { open: 0, last: null };
  let broken = 0;
  const server = createServer(async (request, response) => {
    if (request.url === '/seen') {
      response.end(JSON.stringify(seen));
      return;
    }
    if (request.headers.authorization !== `Bearer ${MODEL_KEY}`) {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: `Incorrect key: ${request.headers.authorization}` } }));
      return;
    }
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.last = JSON.parse(body);
    seen.open += 1;
    response.on('close', () => {
      seen.open -= 1;
    });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const pieces = STEADY_REPLY.match(/\s*\S+/g) ?? [];
    switch (seen.last?.model) {
      case 'breaking':
        // The first reply breaks, the next does not, and so on.
        broken += 1;
        await say(response, broken % 2 === 1 ? pieces.slice(0, 5) : pieces);
        if (broken % 2 === 1) response.destroy();
        else end(response);
        return;
      case 'endless':
        while (!response.destroyed) await say(response, [' and on']);
        return;
      case 'writer':
        await say(response, WRITTEN_REPLY.match(/\s*\S+/g) ?? []);
        end(response);
        return;
      default:
        await say(response, pieces);
        end(response);
    }
  });
  server.listen(MODEL_PORT, '127.0.0.1');
  await once(server, 'listening');
  return () => {
    server.closeAllConnections();
    server.close();
  };
}

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;

async function say(response: ServerResponse, pieces: readonly string[]): Promise<void> {
  for (const content of pieces) {
    response.write(event({ choices: [{ index: 0, delta: { content }, finish_reason: null }] }));
    await sleep(40);
  }
}

function end(response: ServerResponse): void {
  response.write(event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }));
  response.write(
    event({ choices: [], usage: { prompt_tokens: 70, completion_tokens: 12, total_tokens: 82 } }),
  );
  response.end('data: [DONE]\n\n');
}
