// The in-browser engine against transformers.js 4.3.1, by wasm on one thread: both in workers of one page of one Chromium, on the
// same weights and questions in turn. transformers.js is installed for this into a temporary folder, by npm without scripts.
// Then what 50 conversations of 10 turns leave in the tab.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { chromium } from '@playwright/test';
import { build } from 'esbuild';
import { bundleWorld } from '../scripts/bundle-world.mjs';
import { root } from '../scripts/setup.mjs';

const PEER = '@huggingface/transformers@4.3.1';
const ROUNDS = 5;
const QUESTIONS = 8;
const VISITS = 9;
const PORT = 4197;
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** Serves folders by the first part of the path, on pages that are isolated. */
function serve(folders) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    const [, first, ...rest] = path.split('/');
    const file = folders[first] && join(folders[first], ...rest);
    const headers = {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'content-type': TYPES[extname(path) || '.html'] ?? 'application/octet-stream',
    };
    if (path === '/') response.writeHead(200, headers).end('<!doctype html><title>Benchmark</title>');
    else if (file && existsSync(file) && statSync(file).isFile())
      response.writeHead(200, headers).end(readFileSync(file));
    else response.writeHead(404, headers).end();
  });
  return new Promise((resolve) => server.listen(PORT, () => resolve(server)));
}

async function bundles(folder) {
  const peer = join(folder, 'node_modules');
  writeFileSync(join(folder, 'package.json'), '{"private": true}');
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', PEER], {
    cwd: folder,
    stdio: 'ignore',
  });
  await build({
    entryPoints: { worker: join(root, 'bench', 'transformers-worker.mjs') },
    outdir: join(peer, 'onnxruntime-web', 'dist'),
    nodePaths: [peer],
    bundle: true,
    platform: 'browser',
    format: 'esm',
    conditions: ['onnxruntime-web-use-extern-wasm'],
    logLevel: 'error',
  });
  const { outputFiles } = await build({
    stdin: {
      contents: `import { createVlm } from './lib/vlm/client'; globalThis.createVlm = createVlm;`,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'iife',
  });
  return { client: outputFiles[0].text, theirs: join(peer, 'onnxruntime-web', 'dist') };
}

/** Questions with pictures of Ocean World, as a visitor would ask them. */
async function questions(folder, side) {
  const { ask, render, seedIn, TASKS } = await bundleWorld(folder);
  return Array.from({ length: QUESTIONS * (ROUNDS + 1) }, (_, at) => {
    const known = ask(TASKS[at % TASKS.length], seedIn('val', 77_000 + at), side);
    const { rgb } = render(known.scene, side);
    const rgba = Array.from({ length: side * side }, (_, pixel) => [
      ...rgb.slice(pixel * 3, pixel * 3 + 3),
      255,
    ]).flat();
    return { text: known.question.text, image: { key: `scene ${at}`, width: side, height: side, rgba } };
  });
}

/** In a page of its own, as a visitor has it: milliseconds from the first question, asked once the model is loaded, to its first token. */
async function first({ id, asked: { text, image } }) {
  const vlm = globalThis.createVlm();
  for await (const _ of vlm.load(id));
  const content = [
    { type: 'image', image: { ...image, rgba: new Uint8ClampedArray(image.rgba) } },
    { type: 'text', text },
  ];
  const sampling = { temperature: 0, topP: 1, topK: 0, seed: 0, maxNewTokens: 8, stop: [] };
  let firstTokenMs = null;
  for await (const event of vlm.reply(id, [{ role: 'user', content }], sampling))
    if (event.type === 'ended') ({ firstTokenMs } = event);
  vlm.dispose();
  return firstTokenMs;
}

/** In the page: both loaded, then asked the same questions in turn. */
async function race({ id, asked, each, maxNewTokens }) {
  const given = asked.map(({ text, image }) => ({
    text,
    image: { ...image, rgba: new Uint8ClampedArray(image.rgba) },
  }));
  const vlm = globalThis.createVlm();
  for await (const _ of vlm.load(id));
  const ours = async ({ text, image }) => {
    const messages = [
      {
        role: 'user',
        content: [
          { type: 'image', image },
          { type: 'text', text },
        ],
      },
    ];
    const sampling = { temperature: 0, topP: 1, topK: 0, seed: 0, maxNewTokens, stop: [] };
    let out = '';
    for await (const event of vlm.reply(id, messages, sampling)) {
      if (event.type === 'text') out += event.text;
      if (event.type === 'ended') return { ...event, text: out };
    }
  };
  const worker = new Worker('/theirs/worker.js', { type: 'module' });
  const theirs = (message) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.value));
      worker.onerror = ({ message: reason }) => reject(new Error(reason));
      worker.postMessage(message);
    });
  await theirs({ load: id });
  const rounds = [];
  for (let start = 0; start < given.length; start += each) {
    const round = { ours: [], theirs: [] };
    const some = given.slice(start, start + each);
    for (const question of some) {
      round.ours.push(await ours(question));
      round.theirs.push(await theirs({ ...question, maxNewTokens }));
    }
    rounds.push(round);
  }
  worker.terminate();
  vlm.dispose();
  return rounds;
}

/** In the page: bytes of the tab after the first of 50 conversations of 10 turns, and after the last. */
async function converse({ id, asked }) {
  const vlm = globalThis.createVlm();
  const sampling = { temperature: 0, topP: 1, topK: 0, seed: 0, maxNewTokens: 24, stop: [] };
  const bytes = async () => (await performance.measureUserAgentSpecificMemory()).bytes;
  const found = [];
  for (let conversation = 0; conversation < 50; conversation++) {
    const { text, image } = asked[conversation % asked.length];
    const picture = {
      ...image,
      key: `conversation ${conversation}`,
      rgba: new Uint8ClampedArray(image.rgba),
    };
    const messages = [];
    for (let turn = 0; turn < 10; turn++) {
      const content = [{ type: 'text', text: turn === 0 ? text : `And then, ${turn}?` }];
      messages.push({
        role: 'user',
        content: turn === 0 ? [{ type: 'image', image: picture }, ...content] : content,
      });
      let reply = '';
      for await (const event of vlm.reply(id, messages, sampling))
        if (event.type === 'text') reply += event.text;
      messages.push({ role: 'assistant', content: [{ type: 'text', text: reply }] });
    }
    if (conversation === 0 || conversation === 49) found.push(await bytes());
  }
  vlm.dispose();
  return found;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
/** Tokens a second after the first of each reply. */
const rate = (replies) => {
  const tokens = replies.reduce((sum, each) => sum + each.tokens - 1, 0);
  return (1000 * tokens) / replies.reduce((sum, each) => sum + each.totalMs - each.firstTokenMs, 0);
};

export async function vlm() {
  const { models } = JSON.parse(readFileSync(join(root, 'public', 'models', 'models.json'), 'utf8'));
  const { id, files } = models.at(-1);
  const folder = mkdtempSync(join(tmpdir(), 'ocean-vlm-'));
  let server;
  let browser;
  try {
    const { client, theirs } = await bundles(folder);
    const { min_pixels: pixels } = JSON.parse(
      readFileSync(join(root, 'public', 'models', id, 'preprocessor_config.json'), 'utf8'),
    );
    // Of the model's own size: neither engine resizes them.
    const asked = await questions(folder, Math.sqrt(pixels));
    server = await serve({
      models: join(root, 'public', 'models'),
      vlm: join(root, 'public', 'vlm'),
      theirs,
    });
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-background-networking'],
    });
    const open = async () => {
      const page = await browser.newPage();
      await page.goto(`http://localhost:${PORT}/`);
      await page.evaluate(client);
      return page;
    };
    const firsts = [];
    for (const question of asked.slice(0, VISITS)) {
      const page = await open();
      firsts.push(await page.evaluate(first, { id, asked: question }));
      await page.close();
    }
    const page = await open();
    const [, ...rounds] = await page.evaluate(race, { id, asked, each: QUESTIONS, maxNewTokens: 128 });
    const all = (who) => rounds.flatMap((round) => round[who]);
    const same = all('ours').filter(({ text }, at) => text === all('theirs')[at].text).length;
    const ours = median(rounds.map((round) => rate(round.ours)));
    const peer = median(rounds.map((round) => rate(round.theirs)));
    const ratios = rounds.map((round) => rate(round.ours) / rate(round.theirs));
    const firstOf = (who) => median(all(who).map(({ firstTokenMs }) => firstTokenMs));
    const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
    console.log(`model ${id}, downloaded                  ${megabytes.toFixed(2)} MB`);
    console.log(`the same replies                         ${same} of ${all('ours').length}`);
    console.log(
      `decoding, ours                           ${ours.toFixed(0)} tokens/s (median of ${ROUNDS} rounds)`,
    );
    console.log(`decoding, transformers.js                ${peer.toFixed(0)} tokens/s`);
    console.log(
      `ratio of a round                         ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
    );
    console.log(
      `first token after loading, ours          ${median(firsts).toFixed(0)} ms (median of ${VISITS} visits, ${Math.min(...firsts).toFixed(0)} to ${Math.max(...firsts).toFixed(0)})`,
    );
    console.log(`first token about a new picture, ours    ${firstOf('ours').toFixed(0)} ms (median)`);
    console.log(`the same by transformers.js              ${firstOf('theirs').toFixed(0)} ms (median)`);
    const [before, after] = await page.evaluate(converse, { id, asked });
    console.log(
      `the tab after 1 and 50 conversations     ${(before / 1e6).toFixed(0)} MB, ${(after / 1e6).toFixed(0)} MB (${(after / before).toFixed(2)} times)`,
    );
  } finally {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
