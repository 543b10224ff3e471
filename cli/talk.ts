import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { PICTURE_SIZE } from '@/lib/benchmarks/ocean-world';
import { wilson } from '@/lib/stats/intervals';
import { encodePng } from '@/lib/world/png';
import { SMALLEST_SIZE } from '@/lib/world/solid-scenes';
import { TALK_KINDS, TALK_SAMPLES, type Talk, talk, talkReply } from '@/lib/world/talk';
import { judgeTalk, type TalkVerdict } from '@/lib/world/talk-judge';
import { render } from '@/lib/world/world';
import { makeFolder } from '@/server/make-folder';
import { type Command, OCEAN, print, printLines, table, UsageError } from './command';

const idOf = (n: number, { kind }: Talk): string => `${kind}-${String(n).padStart(3, '0')}`;

function* samples(frame: number): Generator<readonly [id: string, made: Talk]> {
  for (let n = 0; n < TALK_SAMPLES; n++) {
    const made = talk('test-talk', n, frame);
    yield [idOf(n, made), made];
  }
}

const sampleOptions = {
  images: { type: 'string' },
  frame: { type: 'string', default: String(PICTURE_SIZE) },
} as const;

export const talkSamples: Command = {
  options: sampleOptions,
  help: `Prints the ${TALK_SAMPLES} conversations of test-talk, a split of Ocean World: greetings, questions about the model itself, descriptions, everyday
words, follow-ups, and what a picture does not tell.

Usage: ${OCEAN} talk samples --images DIR [--frame SIDE]

  --images   the folder that the pictures go to, as PNG
  --frame    side of the frame, in pixels, that replies of earlier turns speak of: a model's processor resizes the pictures to
             it; left out, ${PICTURE_SIZE}, the pictures' own

JSON lines {sample_id, prompt, image, earlier}: a prompt stands behind the turns {question, reply} of "earlier", and the image
before all of them. "ocean-r1 eval --benchmark ocean-world --split test-talk" reads them as they are.

Example:
  ${OCEAN} talk samples --images pictures > talk.jsonl
`,
  async run(args) {
    const { values } = parseArgs({ args: [...args], options: sampleOptions });
    const folder = values.images;
    const frame = Number(values.frame);
    if (!Number.isInteger(frame) || frame < SMALLEST_SIZE)
      throw new UsageError(`--frame is a whole number from ${SMALLEST_SIZE} on, not "${values.frame}"`);
    if (folder === undefined || folder === '')
      throw new UsageError('say where the pictures go: --images DIR');
    makeFolder(folder);
    const lines = function* () {
      for (const [id, { scene, earlier, question }] of samples(frame)) {
        const image = join(folder, `${id}.png`);
        writeFileSync(image, encodePng(render(scene, PICTURE_SIZE)));
        const turns = earlier.map((turn) => ({ question: ` ${turn.question}`, reply: talkReply(turn) }));
        const first = turns.length === 0 ? ' ' : '';
        yield JSON.stringify({ sample_id: id, prompt: first + question, image, earlier: turns });
      }
    };
    printLines(lines());
  },
};

const prediction = z.object({ sample_id: z.string(), output: z.string() });

export const talkJudge: Command = {
  options: {},
  help: `Judges replies to test-talk by its own rules, without a model.

Usage: ${OCEAN} talk judge FILE

  FILE   JSON lines {sample_id, output}, as ocean-r1 eval writes them; its first line may be of another form. A sample that is not
         in it counts as unfitting

Of each kind and of all: how many replies are fitting, and how many absurd, that is, a confident answer of another form than was
asked for (a number for a greeting). In percent, with the 95 % interval of a proportion (Wilson).

Example:
  ${OCEAN} talk judge predictions-talk.jsonl
`,
  async run(args) {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0)
      throw new UsageError(`name one file: ${OCEAN} talk judge FILE`);
    const outputs = readOutputs(file);
    const verdicts = new Map<string, TalkVerdict[]>(TALK_KINDS.map((kind) => [kind, []]));
    for (const [id, { kind, gold }] of samples(PICTURE_SIZE)) {
      const output = outputs.get(id);
      outputs.delete(id);
      verdicts.get(kind)?.push(output === undefined ? 'unfitting' : judgeTalk(gold, output));
    }
    const [stray] = outputs.keys();
    if (stray !== undefined) throw new UsageError(`${file}: test-talk has no sample "${stray}"`);
    const row = (name: string, some: readonly TalkVerdict[]) => [
      name,
      String(some.length),
      share(some, 'fitting'),
      share(some, 'absurd'),
    ];
    print(
      table([
        ['KIND', 'SAMPLES', 'FITTING', 'ABSURD'],
        ...[...verdicts].map(([kind, some]) => row(kind, some)),
        row('all', [...verdicts.values()].flat()),
      ]),
    );
  },
};

function readOutputs(file: string): Map<string, string> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`${file} cannot be read`);
  }
  const outputs = new Map<string, string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const read = prediction.safeParse(parsed(line));
    if (read.success) {
      const { sample_id, output } = read.data;
      if (outputs.has(sample_id))
        throw new UsageError(`${file}, line ${index + 1}: "${sample_id}" stands twice`);
      outputs.set(sample_id, output);
    } else if (index > 0)
      throw new UsageError(`${file}, line ${index + 1} is no {"sample_id": …, "output": …}`);
  }
  return outputs;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function share(some: readonly TalkVerdict[], verdict: TalkVerdict): string {
  const correct = some.filter((each) => each === verdict).length;
  const { low, high } = wilson({ correct, total: some.length });
  return `${((100 * correct) / some.length).toFixed(1)} (${low.toFixed(0)} to ${high.toFixed(0)})`;
}
