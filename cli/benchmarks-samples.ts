import { copyFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Sample } from '@/lib/samples/sample';
import { imagePath } from '@/server/benchmarks';
import { makeFolder } from '@/server/make-folder';
import { type Command, OCEAN, print, printLines, say, table, UsageError } from './command';
import {
  benchmarkNamed,
  dataDir,
  generated,
  notInstalled,
  readAllInstalled,
  readData,
  splitNamed,
  type Target,
} from './read-samples';

const help = `Prints the samples of a benchmark, in the order of its data.

Usage: ${OCEAN} benchmarks samples ID [--split S] [--data PATH] [--images DIR] [--json]

  ID         a benchmark: ${OCEAN} benchmarks lists them
  --split    left out: the one that is installed, that --data is, or the first that is generated
  --data     the benchmark's annotation file as published; left out, the installed one
  --images   put every sample's picture into this folder: drawn, of a benchmark that is generated (ocean-world), or of
             a published one from the folder that it was installed with
  --json     JSON lines {sample_id, prompt, question, options, gold, tags, image}; also where the output is no terminal.
             "prompt" is all that a model is asked; with --images, "image" is the picture's path

Example:
  ${OCEAN} benchmarks samples superclevr --data super_clevr_test_5k.jsonl --json | head -3
  ${OCEAN} benchmarks samples ocean-world --split test --images pictures > samples.jsonl
`;

const options = {
  split: { type: 'string' },
  data: { type: 'string' },
  images: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const benchmarksSamples: Command = {
  help,
  options,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
    });
    const [id, ...more] = positionals;
    if (id === undefined || more.length > 0)
      throw new UsageError(`name one benchmark: ${OCEAN} benchmarks samples ID`);
    const benchmark = benchmarkNamed(id);
    const [first] = benchmark.splits;
    const split = splitNamed(benchmark, values.split) ?? (first.source.kind === 'generated' ? first : null);
    if (split !== null && values.data === undefined) await generated(benchmark, [split]);
    const targets =
      values.data === undefined
        ? await readAllInstalled(
            (data) => data.benchmark === benchmark.id && (split === null || data.split === split.id),
          )
        : [await readData(benchmark, values.data, split)];
    const [target, ...others] = targets;
    if (target === undefined) throw notInstalled(benchmark, split);
    if (others.length > 0)
      throw new UsageError(
        `${benchmark.id} is installed with ${targets.map((each) => each.split.id).join(', ')}: choose with --split`,
      );
    if (values.images !== undefined) await writeImages(target, values.images);
    if (values.json || !process.stdout.isTTY)
      return printLines(target.samples.map((sample, index) => asJson(target, sample, index, values.images)));
    const short = (text: string, length: number) =>
      text.length > length ? `${text.slice(0, length - 1)}…` : text;
    print(
      table([
        ['SAMPLE', 'GOLD', 'QUESTION'],
        ...target.samples.map((sample) => [
          short(sample.sampleId, 24),
          short(typeof sample.gold === 'string' ? sample.gold : JSON.stringify(sample.gold), 24),
          short(sample.question.replaceAll(/\s+/g, ' '), 80),
        ]),
      ]),
    );
  },
};

/** What a model is asked, word for word. */
function promptOf({ benchmark, split }: Target, sample: Sample): string {
  if (split.source.kind === 'generated') return split.source.prompt(sample);
  const template = benchmark.prompts[0]?.template ?? '{Question}';
  return template.replace('{Question}', () => sample.question);
}

/** Published names may lie in folders, and lead anywhere: here a picture is called by its sample's place. */
const pictureName = ({ split }: Target, image: string, index: number): string =>
  split.source.kind === 'generated' ? image : `${index}${extname(image)}`;

/** Draws what nobody has asked for before, and says how far it is: the pictures of a split take minutes. */
async function writeImages(target: Target, folder: string): Promise<void> {
  const { benchmark, split, samples } = target;
  makeFolder(folder);
  for (const [index, { image }] of samples.entries()) {
    if (image === null) continue;
    const from = await imagePath(dataDir(), benchmark.id, split.id, image);
    if (from === null)
      throw new UsageError(
        `the picture ${image} of ${benchmark.id} is not here: install it with --images, the folder of its published pictures (${benchmark.sources.map(({ url }) => url).join(', ')})`,
      );
    await copyFile(from, join(folder, pictureName(target, image, index)));
    if ((index + 1) % 100 === 0) say(`${index + 1} of ${samples.length} pictures are in ${folder}`);
  }
}

function asJson(target: Target, sample: Sample, index: number, folder: string | undefined): string {
  const { sampleId, question, options, gold, tags, image } = sample;
  return JSON.stringify({
    sample_id: sampleId,
    prompt: promptOf(target, sample),
    question,
    options,
    gold,
    tags,
    image: folder === undefined || image === null ? image : join(folder, pictureName(target, image, index)),
  });
}
