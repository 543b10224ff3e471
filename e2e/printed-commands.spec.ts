import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expectAccessible } from './accessible';
import { mutate, scoredRun, signIn } from './by-api';
import { expect, type Page, test } from './test';
import { REROUTING } from './web';
import { ADDRESS, contestPredictions, file } from './world';

/** The command as the site gives it to whoever has nothing of it, and every line that the site prints, run as printed. */

const run = promisify(execFile);
const OCEAN = `npx ${ADDRESS}/cli/ocean.tgz`;

/** A machine that has Node and npm, and what a visitor would bring: predictions, and a folder of pictures. */
function machine() {
  const folder = mkdtempSync(join(tmpdir(), 'ocean-stranger-'));
  mkdirSync(join(folder, 'pictures'));
  const env = {
    ...process.env,
    npm_config_cache: join(folder, 'npm'),
    npm_config_yes: 'true',
    NODE_OPTIONS: REROUTING,
  };
  return {
    folder,
    /** Runs lines as a shell does; gives what they print, or how they fail. */
    sh: (lines: string) =>
      run('sh', ['-c', `set -e\n${lines}`], { cwd: folder, env }).then(
        ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
        ({ code, stdout, stderr }) => ({ code, said: stdout + stderr }),
      ),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

const commandsOf = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('pre.command code')]
      .map((code) => code.textContent ?? '')
      .filter((text) => /^(npx|curl|\.\/ocean|ocean|node)\b/.test(text)),
  );

test('the command comes from the site, as a package and as one file, with their hashes', async ({
  page,
  request,
}) => {
  await page.goto('/cli');
  await expectAccessible(page);
  const stranger = machine();
  for (const lines of await commandsOf(page)) {
    const { code, said } = await stranger.sh(lines);
    expect(code, said).toBe(0);
    expect(said).toMatch(/^ocean \d+\.\d+\.\d+: scores predictions/m);
  }
  for (const name of ['ocean.cjs', 'ocean.tgz']) {
    const bytes = await (await request.get(`/cli/${name}`)).body();
    await expect(page.locator('main')).toContainText(createHash('sha256').update(bytes).digest('hex'));
  }
  // What it tells to type works there too.
  const { said } = await stranger.sh(`${OCEAN} benchmarks`);
  expect(said).toContain(`To install one: ${OCEAN} benchmarks install ID`);
  stranger.remove();
});

test('every command that a page prints works as printed', async ({ page, request }) => {
  test.setTimeout(240_000);
  const text = contestPredictions(250, 0);
  const runId = await scoredRun(request, {
    benchmark: 'math-vision',
    split: 'test',
    name: 'Printed 2B',
    text,
  });
  await mutate(request, 'submissions.publish', { runId });
  const pages = [
    '/world',
    '/submit',
    '/leaderboard/math-vision',
    '/leaderboard/ocean-world',
    `/runs/${runId}`,
  ];
  const printed = new Set<string>();
  for (const path of pages) {
    await page.goto(path);
    const commands = await commandsOf(page);
    expect(commands.length, path).toBeGreaterThan(0);
    for (const command of commands) for (const line of command.split('\n')) printed.add(line);
  }

  const stranger = machine();
  writeFileSync(join(stranger.folder, 'predictions.jsonl'), text);
  copyFileSync(join(stranger.folder, 'predictions.jsonl'), join(stranger.folder, 'by-api.jsonl'));
  // The published files are not here: those that are made up in their place are installed by name first.
  for (const line of [
    `${OCEAN} benchmarks install math-vision --split test --from ${file('contests.jsonl')}`,
    `${OCEAN} benchmarks install ocean-world`,
  ])
    expect(await stranger.sh(line)).toMatchObject({ code: 0 });
  const world = join(stranger.folder, 'world.jsonl');
  writeFileSync(world, '{"sample_id":"counting-000000","output":"<answer>3</answer>"}\n');
  for (const line of printed) {
    expect(line.startsWith(`${OCEAN} `), line).toBe(true);
    const isWorld = line.includes('--benchmark ocean-world');
    // Twenty thousand rows, and two thousand pictures, take minutes; a benchmark's own predictions are not those of another.
    const short = line
      .replace('--count 20000', '--count 20')
      .replace('--images pictures > samples.jsonl', '> samples.jsonl')
      .replace('predictions.jsonl', isWorld ? world : 'predictions.jsonl');
    const { code, said } = await stranger.sh(short);
    // The file that is published has the known hash, and the one that was made up has not.
    if (/ install (?!ocean-world)/.test(line) && !line.includes('testmini'))
      expect(said, line).toMatch(/is not the file that is known here|answered 404/);
    else if (line.includes('samples cv-bench')) expect(said, line).toMatch(/cv-bench is not installed/);
    else expect(code, `${line}\n${said}`).toBe(0);
  }
  stranger.remove();
});

test('whoever may write installs a benchmark by a click, from its own address alone', async ({
  page,
  request,
}) => {
  await page.goto('/leaderboard/math-vision');
  await expect(page.getByRole('button', { name: 'Install it here' })).toHaveCount(0);
  const refused = await request.post('/api/trpc/benchmarks.install', {
    data: { json: { benchmark: 'math-vision', split: 'testmini' } },
  });
  expect(refused.status()).toBe(401);

  await signIn(page);
  await page.goto('/leaderboard/math-vision');
  const split = page.getByRole('listitem').filter({ hasText: 'testmini' });
  await split.getByRole('button', { name: 'Install it here' }).click();
  await expect(split).toContainText(
    /installed on .* from https:\/\/raw\.githubusercontent\.com\/mathllm\/MATH-V\//,
  );
  await expect(split.getByRole('button')).toHaveCount(0);

  // A file that is not the known one is refused in place.
  await page.goto('/leaderboard/superclevr');
  await page.getByRole('button', { name: 'Install it here' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'It was not installed' })).toContainText(
    /200 samples, test of superclevr has 5,000|not the file that is known here/,
  );
  await expectAccessible(page);
});
