'use client';

import Link from 'next/link';
import { memo, type Ref, useRef } from 'react';
import type { SampleDetail } from '@/server/evals/types';
import { thinkingOf } from '../samples/output-parts';
import { type Mark, OutputView } from '../samples/output-view';
import { boxesOf, type SampleBox } from '../samples/sample-image';
import { answerMark, SampleFrame } from '../samples/sample-view';
import { GoldAnswer, VerdictOf } from '../samples/verdicts';
import { ScrollRegion } from '../ui/scrolls';
import { marksOf } from './difference-marks';
import type { Differences } from './differences';
import type { ComparedDetail } from './read-first';
import { SideName } from './side-name';
import type { Side } from './sides';
import { useDifferences } from './use-differences';

/** How the reader has the outputs: it stays from sample to sample. */
export interface Reading {
  /** Whether thinking is open, of all outputs together. */
  thinking: boolean;
  differences: boolean;
}

/** One sample with what each run answers, side by side; kept while the list beside it changes. */
export const ComparedView = memo(function ComparedView({
  compared: { sampleId, details },
  sides,
  baseline,
  tagLabels,
  headingRef,
  reading,
  onReading,
}: {
  compared: ComparedDetail;
  sides: readonly Side[];
  baseline: number;
  tagLabels: Readonly<Record<string, string>>;
  headingRef: Ref<HTMLHeadingElement>;
  reading: Reading;
  onReading: (reading: Reading) => void;
}) {
  const outputs = details.map(({ output }) => output);
  const lengths = outputs.map((output) => output?.length ?? -1).join(' ');
  const differences = useDifferences(
    `${sampleId} ${baseline} ${lengths}`,
    outputs,
    baseline,
    reading.differences,
  );
  const columns = useRef<HTMLDivElement>(null);
  const [first] = details;
  if (first === undefined) return null;
  return (
    <SampleFrame
      sample={first}
      answers={details.map(({ answer }, run) => ({ name: sides[run]?.letter ?? '', answer }))}
      boxes={[...goldBox(first), ...details.flatMap((detail, run) => answerBox(detail, sides[run]))]}
      tagLabels={tagLabels}
      headingRef={headingRef}
      output={
        <section className="outputs" aria-labelledby="outputs">
          <div className="outputs-head">
            <h4 id="outputs" className="label">
              Outputs
            </h4>
            <label className="check-line">
              <input
                type="checkbox"
                checked={reading.thinking}
                onChange={({ target: { checked } }) => onReading({ ...reading, thinking: checked })}
              />
              Thinking open
            </label>
            <label className="check-line">
              <input
                type="checkbox"
                checked={reading.differences}
                onChange={({ target: { checked } }) => onReading({ ...reading, differences: checked })}
              />
              Mark what differs
            </label>
          </div>
          <div
            ref={columns}
            className="output-columns"
            data-count={sides.length}
            // One scrolls, and the others with it.
            onScrollCapture={({ target }) => {
              if (target instanceof HTMLElement) mirror(target, columns.current);
            }}
          >
            {sides.map((side, run) => (
              <OutputColumn
                key={`${side.id} ${sampleId}`}
                side={side}
                output={outputs[run] ?? null}
                marks={[
                  ...answerMark(details[run] ?? { span: null }, null),
                  ...marksOf(differences, run, baseline),
                ]}
                parts={partsWords(differences?.[run], run === baseline, sides[baseline])}
                reading={reading}
                onReading={onReading}
              />
            ))}
          </div>
        </section>
      }
    >
      <div className="compared-top">
        <SceneLinks scene={first.scene} />
        <GoldAnswer gold={first.gold} />
      </div>
      <div className="compared-sides" data-count={sides.length}>
        {sides.map((side, run) => {
          const detail = details[run];
          return detail === undefined ? null : (
            <VerdictOf
              key={side.id}
              label={`Verdict on ${side.name}`}
              heading={<SideName side={side} />}
              verdict={detail}
            />
          );
        })}
      </div>
    </SampleFrame>
  );
});

/** A sample of Ocean World is a scene, which can be asked about. */
function SceneLinks({ scene }: Pick<SampleDetail, 'scene'>) {
  if (scene === null) return null;
  const query = `?task=${scene.task}&seed=${scene.seed}`;
  return (
    <p className="scene-links">
      <Link className="button" href={`/chat${query}`} prefetch={false}>
        Open in the chat
      </Link>
      <Link className="button" href={`/world${query}`} prefetch={false}>
        See the scene
      </Link>
    </p>
  );
}

function OutputColumn({
  side,
  output,
  marks,
  parts,
  reading,
  onReading,
}: {
  side: Side;
  output: string | null;
  marks: readonly Mark[];
  parts: string | null;
  reading: Reading;
  onReading: (reading: Reading) => void;
}) {
  return (
    <section className="output-column" aria-label={`Output of ${side.name}`}>
      <h5>
        <SideName side={side} />
      </h5>
      <ScrollRegion className="output-scroll" label={`Output of ${side.name}, scrolls`}>
        {output === null ? (
          <p className="text-muted">The file has no output for this sample; it counts as wrong.</p>
        ) : (
          <OutputView
            output={output}
            thinking={thinkingOf(output)}
            marks={marks}
            folding={{
              open: reading.thinking,
              onToggle: (open) => {
                if (open !== reading.thinking) onReading({ ...reading, thinking: open });
              },
            }}
          />
        )}
      </ScrollRegion>
      <p className="output-parts text-muted">{parts}</p>
    </section>
  );
}

function partsWords(
  differences: Differences | null | undefined,
  isBaseline: boolean,
  baseline: Side | undefined,
): string | null {
  if (isBaseline) return 'the baseline';
  if (!differences) return null;
  const { parts } = differences;
  if (parts === null) return `word for word as ${baseline?.letter}`;
  return parts.other === null
    ? `parts from ${baseline?.letter} where it ends`
    : `parts from ${baseline?.letter} in sentence ${parts.sentence}`;
}

const goldBox = (detail: SampleDetail): SampleBox[] => boxesOf(detail).filter(({ look }) => look === 'gold');

const answerBox = ({ boxes }: SampleDetail, side: Side | undefined): SampleBox[] =>
  side === undefined
    ? []
    : boxes
        .filter(({ label }) => label === 'answer')
        .map(({ box }) => ({
          look: side.look,
          name: side.letter,
          legend: `${side.letter}, ${side.name}`,
          box,
        }));

/** Scrolls the other columns as far as this one, of all that each has to scroll. */
function mirror(scrolled: HTMLElement, columns: HTMLElement | null): void {
  // What was scrolled by this function answers with an event of its own, which is at its place already.
  const most = scrolled.scrollHeight - scrolled.clientHeight;
  if (most <= 0 || !scrolled.matches(':hover, :focus-within')) return;
  for (const other of columns?.querySelectorAll<HTMLElement>('.output-scroll') ?? [])
    if (other !== scrolled)
      other.scrollTop = (scrolled.scrollTop / most) * (other.scrollHeight - other.clientHeight);
}
