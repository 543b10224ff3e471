import { useEffect, useRef, useState } from 'react';
import { spoken } from '@/lib/chat/spoken';
import { judge } from '@/lib/chat/verdict';
import type { SessionState } from './chat-session';

/** How many lines stay, so that none is lost to a screen reader that is slower than the models. */
const KEPT = 8;

/** Says what comes, by sentences and with who says it, to those who hear the page. */
export function LiveRegion({ state: { conversation, activity } }: { state: SessionState }) {
  /** How much was said of the replies that were seen running. */
  const said = useRef(new Map<string, number>());
  const count = useRef(0);
  const [lines, setLines] = useState<{ key: number; words: string }[]>([]);
  useEffect(() => {
    const fresh: string[] = [];
    for (const turn of conversation.turns)
      for (const reply of turn.replies) {
        const running = activity.has(reply.id);
        const from = said.current.get(reply.id);
        // What was there before it was looked at is read where it stands.
        if (!running && from === undefined) continue;
        const { words, upTo } = spoken(reply.text, from ?? 0, !running);
        said.current.set(reply.id, upTo);
        const label = conversation.models.find(({ id }) => id === reply.modelId)?.label;
        if (words !== '') fresh.push(`${label}: ${words}`);
        if (running) continue;
        said.current.delete(reply.id);
        const judgement = turn.truth === null ? null : judge(turn.truth, reply);
        if (judgement !== null) fresh.push(`${label} is ${judgement.right ? 'right' : 'wrong'}.`);
        if (reply.end?.why === 'cancelled') fresh.push(`${label} was stopped.`);
      }
    if (fresh.length > 0)
      setLines((before) => [
        ...before.slice(fresh.length - KEPT),
        ...fresh.map((words) => ({ key: count.current++, words })),
      ]);
  }, [conversation, activity]);
  return (
    <div className="sr-only" role="log" aria-live="polite" aria-label="Replies as they come">
      {lines.map(({ key, words }) => (
        <p key={key}>{words}</p>
      ))}
    </div>
  );
}
