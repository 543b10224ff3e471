// The page of a comparison, processor slowed four times: Nano's three stages, and two and four runs of 10,834 samples.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch, visit } from './first-paint.mjs';
import { serving, TOKEN } from './serving.mjs';

const RUNS = 5;
const SAMPLES = 10_834;
const box = (index) => [index % 300, 20, (index % 300) + 60, 90];
const THINKING = 'Looking from left to right, the described region stands beside the others. '.repeat(10);

const until = async (question) => {
  while (!(await question())) await new Promise((resolve) => setTimeout(resolve, 200));
};

/**
 * From a click on what was broken, in milliseconds: until its samples are listed by what became of them, which the browser
 * knows, and until their texts are read, which it asks for. The second click, as the first also scrolls to the list.
 */
const filterTimes = (page) =>
  page.evaluate(async () => {
    const times = [];
    for (const run of ['broken by', 'fixed by']) {
      const link = [...document.querySelectorAll('a[data-samples]')].find((each) =>
        each.getAttribute('aria-label')?.includes(run),
      );
      const status = document.querySelector('.samples-count [role="status"]');
      const started = performance.now();
      link.click();
      const until = async (done) => {
        while (!done()) await new Promise(requestAnimationFrame);
        return performance.now() - started;
      };
      const listed = await until(
        () =>
          status.textContent.startsWith(`${link.textContent} of`) &&
          document.querySelector('.sample-row .row-marks'),
      );
      const read = await until(() => document.querySelector('a.sample-row'));
      times.push({ listed, read });
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    return times;
  });

/** Frames a second while the list is scrolled through, three rows a frame. */
const scrolling = (page) =>
  page.evaluate(async () => {
    const list = document.querySelector('.sample-list');
    list.scrollIntoView();
    const started = performance.now();
    let frames = 0;
    while (performance.now() - started < 3_000) {
      list.scrollTop += 180;
      frames += 1;
      await new Promise(requestAnimationFrame);
    }
    return frames / 3;
  });

export async function comparePage() {
  await serving(4198, async ({ address, folder, ocean, call, upload }) => {
    const read = async (procedure, input) => {
      const query = encodeURIComponent(JSON.stringify({ json: input }));
      const response = await fetch(`${address}/api/trpc/${procedure}?input=${query}`, {
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      return (await response.json()).result?.data.json;
    };
    const path = join(folder, 'refcoco_val.json');
    writeFileSync(
      path,
      JSON.stringify(
        Array.from({ length: SAMPLES }, (_, index) => ({
          image: `train2014/made_up_${index % 1500}.png`,
          problem: `Please provide the bounding box coordinate of the region this sentence describes: shape ${index}.`,
          solution: box(index),
          normalized_solution: box(index),
        })),
      ),
    );
    ocean('benchmarks', 'install', 'refcoco', '--split', 'refcoco_val', '--from', path);
    const runs = [];
    for (let file = 0; file < 4; file += 1) {
      const row = (index) => ({
        sample_id: String(index),
        output: `<think>${THINKING}${file}</think><answer>{"bbox_2d": [${box(index + ((index * 7919) % 11 <= file ? 40 : 0)).join(', ')}]}</answer>`,
      });
      const text = Array.from({ length: SAMPLES }, (_, index) => JSON.stringify(row(index))).join('\n');
      const { sha256 } = await upload(text);
      const { runId } = await call('submissions.create', {
        ...{ fileSha256: sha256, fileName: `${file}.jsonl`, benchmark: 'refcoco', split: 'refcoco_val' },
        model: {
          ...{ kind: 'new', name: `Bench ${file}`, family: 'bench', parametersB: null, openWeights: false },
          ...{ link: null, stage: null, parentId: null },
        },
        ...{ prompt: null, generation: null },
      });
      await until(async () => (await read('runs.get', { id: runId })).state === 'scored');
      await call('submissions.publish', { runId });
      runs.push(runId);
    }
    await until(async () => {
      const nano = { runs: [], checkpoints: [], model: 'ocean-r1-nano', baseline: null };
      return (await read('runs.compare', nano))?.sets[0]?.comparison?.names.length === 3;
    });

    const answered = async (query) => {
      const started = performance.now();
      const html = await (await fetch(`${address}/compare${query}`)).text();
      if (!html.includes('compare-sentence')) throw new Error(`${query} has no answer`);
      return performance.now() - started;
    };
    const two = `?runs=${runs.slice(0, 2).join(',')}`;
    const nano = '?model=ocean-r1-nano';
    const [coldTwo, warmTwo] = [await answered(two), await answered(two)];
    const coldNano = await answered(nano);

    const browser = await launch();
    await visit(browser, `${address}/compare${nano}`);
    const visits = [];
    for (let i = 0; i < RUNS; i += 1)
      visits.push(await visit(browser, `${address}/compare${nano}`, filterTimes));
    const unslowedVisits = [];
    for (let i = 0; i < RUNS; i += 1)
      unslowedVisits.push(await visit(browser, `${address}/compare${nano}`, filterTimes, 1));
    const large = [];
    for (let i = 0; i < RUNS; i += 1) large.push(await visit(browser, `${address}/compare${two}`));
    const all = `${address}/compare?runs=${runs.join(',')}`;
    const four = await visit(browser, all, scrolling);
    const unslowed = await visit(browser, all, scrolling, 1);
    await browser.close();
    const median = (all, key) => all.map((each) => each[key]).sort((a, b) => a - b)[Math.floor(RUNS / 2)];
    const ms = (value) => `${value.toFixed(0)} ms`;
    console.log(
      `comparison, JavaScript transferred      ${median(visits, 'kilobytes').toFixed(0)} KB (gzip)`,
    );
    console.log(`Nano's stages, the server's first page  ${ms(coldNano)}`);
    console.log(
      `Nano's stages, largest paint            ${ms(median(visits, 'lcp'))} (median of ${RUNS}, 4x slower processor)`,
    );
    for (const [slowed, of] of [
      ['4x slower', visits],
      ['unslowed', unslowedVisits],
    ])
      for (const [place, which] of ['the first', 'the next'].entries()) {
        const time = (key) =>
          ms(of.map(({ used }) => used[place][key]).sort((a, b) => a - b)[Math.floor(RUNS / 2)]);
        console.log(
          `Nano's stages, ${which} filter, ${slowed}   ${time('listed')} until listed, ${time('read')} with its texts`,
        );
      }
    console.log(
      `Nano's stages, layout shift             ${Math.max(...visits.map(({ cls }) => cls)).toFixed(4)}`,
    );
    console.log(`two runs of 10,834, the first page      ${ms(coldTwo)}, then ${ms(warmTwo)}`);
    console.log(
      `two runs of 10,834, largest paint       ${ms(median(large, 'lcp'))} (median of ${RUNS}, 4x slower processor)`,
    );
    console.log(
      `four runs of 10,834, scrolled           ${unslowed.used.toFixed(0)} frames a second, ${four.used.toFixed(0)} with a 4x slower processor`,
    );
  });
}
