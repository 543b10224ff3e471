'use client';

import Link from 'next/link';
import { useEffect, useRef, useState } from 'react';
import { answerOf, judge, truthText } from '@/lib/chat/verdict';
import { sections } from '@/lib/reasoning/sections';
import { Boxes, type DrawnBox } from '../ui/boxes';
import { ScrollRegion } from '../ui/scrolls';
import { visible } from '../ui/visible';
import type { AskHere } from './ask-here';
import { type Asked, type Origin, type Said, SIDES, type Side } from './asked';

const NAMES: Readonly<Record<Side, { name: string; what: string; look: DrawnBox['look'] }>> = {
  base: { name: 'Base', what: 'before reinforcement learning', look: 'first' },
  stage2: { name: 'Stage 2', what: 'rewarded for reasoning, then for perception', look: 'second' },
};

type Replies = Readonly<Record<Side, Said>>;
const NOTHING: Said = { text: '', ended: false, frame: null };

/**
 * A question on a scene, answered by Nano's base and its stage 2: as recorded, and then anew in the visitor's browser, at
 * once, or at a click where the visitor saves data or motion. `bytes`: what that fetches.
 */
export function LiveAnswer({ first, recorded, bytes }: { first: Asked; recorded: Replies; bytes: number }) {
  const [asked, setAsked] = useState(first);
  const [replies, setReplies] = useState(recorded);
  const [origin, setOrigin] = useState<Origin>({ kind: 'recorded' });
  const [shown, setShown] = useState<Uint8ClampedArray<ArrayBuffer> | null>(null);
  const here = useRef<Promise<AskHere>>(undefined);
  const asking = useRef<AbortController>(undefined);

  async function answer(roll: boolean): Promise<void> {
    asking.current?.abort();
    const mine = new AbortController();
    asking.current = mine;
    const began = performance.now();
    setOrigin({ kind: 'asking' });
    try {
      here.current ??= import('./ask-here').then(({ AskHere }) => new AskHere());
      const engine = await here.current;
      let next = asked;
      if (roll) {
        const rolled = await engine.roll();
        if (mine.signal.aborted) return;
        next = rolled;
        setAsked(rolled);
        setShown(rolled.shown);
        setReplies({ base: NOTHING, stage2: NOTHING });
      }
      // What is recorded stays until the live one is whole: it says the same, and nothing jumps.
      const put = (side: Side, said: Said) => {
        if (!mine.signal.aborted && (roll || said.ended)) setReplies((all) => ({ ...all, [side]: said }));
      };
      await engine.ask(next, put, mine.signal);
      if (!mine.signal.aborted) setOrigin({ kind: 'live', ms: performance.now() - began });
    } catch (error) {
      if (mine.signal.aborted) return;
      setOrigin({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
    }
  }

  const begin = useRef(() => answer(false));
  useEffect(() => {
    const end = () => {
      asking.current?.abort();
      here.current?.then((engine) => engine.close()).catch(() => {});
    };
    if (saves()) return end;
    // What the page needs comes first.
    const timer = setTimeout(() => begin.current(), 0);
    return () => {
      clearTimeout(timer);
      end();
    };
  }, []);

  const { truth, scene } = asked;
  return (
    <section className="live" aria-labelledby="live-title">
      <h2 id="live-title" className="sr-only">
        A question, answered here
      </h2>
      <ScenePicture shown={shown} boxes={boxesOf(asked, replies)} size={scene.size} />
      <div className="live-words">
        <p className="live-question">{visible(asked.question)}</p>
        <ul className="live-replies">
          {SIDES.map((side) => (
            <SaidView key={side} side={side} said={replies[side]} truth={truth} />
          ))}
        </ul>
        <p className="live-origin" role="status">
          <OriginWords origin={origin} truth={truthText(truth)} />
        </p>
        <div className="live-actions">
          {origin.kind === 'recorded' ? (
            <button type="button" className="button" onClick={() => answer(false)}>
              Answer it here ({Math.round(bytes / 1e6)} MB)
            </button>
          ) : (
            <button type="button" className="button" onClick={() => answer(true)}>
              Roll another
            </button>
          )}
          <Link
            href={`/chat?task=${scene.task}&seed=${scene.seed}`}
            prefetch={false}
            className="button button-primary"
          >
            Ask your own
          </Link>
        </div>
      </div>
    </section>
  );
}

/** The visitor wishes for few bytes or little motion: then nothing is fetched or changed without a click. */
function saves(): boolean {
  const asks = (query: string) => window.matchMedia(query).matches;
  const connection = 'connection' in navigator ? navigator.connection : null;
  const saveData =
    typeof connection === 'object' && connection !== null && 'saveData' in connection && connection.saveData;
  return (
    saveData === true || asks('(prefers-reduced-data: reduce)') || asks('(prefers-reduced-motion: reduce)')
  );
}

const SHOWN = 448;

function ScenePicture({
  shown,
  boxes,
  size,
}: {
  shown: Uint8ClampedArray<ArrayBuffer> | null;
  boxes: readonly DrawnBox[];
  size: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (shown !== null) canvas.current?.getContext('2d')?.putImageData(new ImageData(shown, SHOWN), 0, 0);
  }, [shown]);
  const about = 'A made scene of solids on a ground, as the question is about it';
  return (
    <div className="live-picture">
      {shown === null ? (
        // biome-ignore lint/performance/noImgElement: painted at the build in the one size that is shown
        <img src="/home/scene.png" width={SHOWN} height={SHOWN} alt={about} fetchPriority="high" />
      ) : (
        <canvas ref={canvas} width={SHOWN} height={SHOWN} role="img" aria-label={about} />
      )}
      <Boxes className="live-boxes" boxes={boxes} width={size} height={size} />
    </div>
  );
}

/** Of places that were asked for: the true one and what each answered, in the scene's pixels. */
function boxesOf({ truth, scene }: Asked, replies: Replies): DrawnBox[] {
  if (truth.kind !== 'box') return [];
  const answers = SIDES.flatMap((side): DrawnBox[] => {
    const { text, frame } = replies[side];
    const answer = answerOf(text);
    if (answer?.kind !== 'box' || frame === null) return [];
    const [x1, y1, x2, y2] = answer.box;
    const [across, down] = [scene.size / frame.width, scene.size / frame.height];
    const { name, look } = NAMES[side];
    return [{ look, name, box: [x1 * across, y1 * down, x2 * across, y2 * down] }];
  });
  return [{ look: 'gold', name: '', box: truth.box }, ...answers];
}

function SaidView({ side, said, truth }: { side: Side; said: Said; truth: Asked['truth'] }) {
  const { name, what } = NAMES[side];
  const verdict = judge(truth, { ...said, end: said.ended ? { why: 'stop' } : null });
  const thinking = sections(said.text).find(({ kind }) => kind === 'thinking');
  return (
    <li className="live-reply">
      <p className="live-side">
        <strong>{name}</strong> <span>{what}</span>
      </p>
      <p className="live-answer">
        <span className="live-text">{visible(answerOf(said.text)?.text ?? '…')}</span>
        {verdict === null ? null : (
          <span className={verdict.right ? 'live-right' : 'live-wrong'}>
            {verdict.right ? '✓ right' : '✗ wrong'}
          </span>
        )}
      </p>
      <ScrollRegion className="live-thinking" label={`What ${name} thinks`}>
        {thinking === undefined ? '' : visible(said.text.slice(thinking.start, thinking.end).trim())}
      </ScrollRegion>
    </li>
  );
}

function OriginWords({ origin, truth }: { origin: Origin; truth: string }) {
  switch (origin.kind) {
    case 'recorded':
      return `Recorded in the published evaluation. The right answer: ${truth}.`;
    case 'asking':
      return 'Your browser is answering …';
    case 'live':
      return `Answered in your browser in ${(origin.ms / 1_000).toFixed(1)} s. The right answer: ${truth}.`;
    case 'failed':
      return `Your browser did not answer: ${origin.reason}`;
  }
}
