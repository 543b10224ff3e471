import type { Reply } from '@/lib/chat/conversation';
import { formatCount } from '../ui/format';

/** `350 ms`, `2.4 s`, `1 min 20 s`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 99_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The quiet line under a reply: what it took and who made it. */
export function figureWords({ figures, sampling }: Reply, checkpoint: string): string[] {
  const drawn =
    sampling.temperature === 0 ? [] : [`drawn at temperature ${sampling.temperature}, seed ${sampling.seed}`];
  if (figures === null) return [...drawn, checkpoint];
  const { tokens, promptTokens, reusedTokens, firstTokenMs, totalMs, engine } = figures;
  const words: string[] = [];
  if (tokens !== null) {
    words.push(`${formatCount(tokens)} tokens`);
    const writing = totalMs - (firstTokenMs ?? 0);
    // The first token is the prompt's work; the rate is that of those after it.
    if (tokens > 1 && writing > 0)
      words.push(`${formatCount(Math.round(((tokens - 1) * 1_000) / writing))} tokens/s`);
  }
  if (firstTokenMs !== null) words.push(`first after ${formatDuration(firstTokenMs)}`);
  words.push(`${formatDuration(totalMs)} in all`);
  if (promptTokens !== null)
    words.push(
      `prompt of ${formatCount(promptTokens)}${reusedTokens === null || reusedTokens === 0 ? '' : `, ${formatCount(reusedTokens)} kept from before`}`,
    );
  return [...words, ...drawn, engine, ...(checkpoint === engine ? [] : [checkpoint])];
}
