import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { PredictionsError as FileError } from '@/lib/predictions/predictions-file';
import { metricValue, PROTOCOL_LIMITS, type RolloutGroup, rolloutGroup } from '@/lib/training/protocol';

/** Rollouts as the trainer writes them, a line a response, as groups that the protocol has. */

const line = z.object({
  group: z.number().int(),
  row: z.string(),
  data_source: z.string(),
  prompt: z.array(z.object({ role: z.string(), content: z.string() })),
  images: z.array(z.string()),
  ground_truth: z.string(),
  output: z.string(),
  tokens: z.number(),
  finished: z.boolean(),
  reward: metricValue,
  terms: z.record(z.string(), metricValue),
  failed: z.record(z.string(), z.string()),
  advantage: metricValue,
  trace: z.array(z.object({ text: z.string(), logp: metricValue, entropy: metricValue })).nullish(),
});
type Line = z.infer<typeof line>;

/** Of a group, about: what is longer is told without its tokens, as an agent tells it. */
const GROUP_CHARACTERS = 2_000_000;

/** @throws FileError which names the line. */
export function rolloutGroups(path: string, parse: (text: string) => unknown): RolloutGroup[] {
  if (!existsSync(path)) throw new FileError(`there is no file ${path}`);
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  const groups: { group: number; lines: Line[] }[] = [];
  for (const [at, text] of lines.entries()) {
    const read = line.safeParse(parse(text));
    if (!read.success) {
      const [issue] = read.error.issues;
      throw new FileError(
        `${path}, line ${at + 1}: it is no response of the trainer (${issue?.path.join('.')})`,
      );
    }
    const last = groups.at(-1);
    if (last?.group === read.data.group) last.lines.push(read.data);
    else groups.push({ group: read.data.group, lines: [read.data] });
  }
  return groups.map((each) => groupOf(each.lines));
}

function groupOf(lines: readonly Line[]): RolloutGroup {
  const [first] = lines;
  if (first === undefined) throw new Error('a group has a response');
  const size = lines.reduce((sum, { output, trace }) => sum + output.length + 60 * (trace?.length ?? 0), 0);
  const small = size <= GROUP_CHARACTERS;
  const longest = small ? PROTOCOL_LIMITS.outputLength : Math.floor(GROUP_CHARACTERS / 6 / lines.length);
  return rolloutGroup.parse({
    row: first.row.slice(0, 1_000),
    dataSource: first.data_source.slice(0, 200),
    prompt: first.prompt.slice(0, 100).map(({ role, content }) => ({
      role: role.slice(0, 60),
      content: content.slice(0, PROTOCOL_LIMITS.outputLength),
    })),
    images: first.images.slice(0, 100),
    groundTruth: first.ground_truth.slice(0, PROTOCOL_LIMITS.outputLength),
    responses: lines
      .slice(0, 1_024)
      .map(({ output, tokens, finished, reward, terms, failed, advantage, trace }) => ({
        output: output.slice(0, longest),
        cut: output.length > longest,
        tokens,
        finished,
        reward,
        terms,
        failed: Object.fromEntries(Object.entries(failed).map(([name, why]) => [name, why.slice(0, 2_000)])),
        advantage,
        trace: small
          ? (trace?.slice(0, 20_000).map((token) => ({ ...token, text: token.text.slice(0, 200) })) ?? null)
          : null,
      })),
  });
}
