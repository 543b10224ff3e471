'use client';

import { useQuery } from '@tanstack/react-query';
import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTRPC, useTRPCClient } from '../trpc/client';
import { visible } from '../ui/visible';
import { linesOf, mergedLog } from './log-lines';
import type { LogEntry } from './types';
import { useRegrown } from './use-regrown';

/** Entries that are read at once. */
const PAGE = 200;
/** Pixels from its end in which a log is followed. */
const NEAR = 24;

/** The end of a log, followed while its end is in sight; older lines and a search on demand. */
function JobLogSection({ jobId, grown, over }: { jobId: string; grown: number; over: boolean }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [text, setText] = useState('');
  const [older, setOlder] = useState<{ text: string; entries: readonly LogEntry[]; all: boolean }>({
    text: '',
    entries: [],
    all: false,
  });
  const input = { id: jobId, limit: PAGE, ...(text === '' ? {} : { text }) };
  const log = useQuery(
    trpc.training.log.queryOptions(input, {
      placeholderData: (before) => before,
      staleTime: Number.POSITIVE_INFINITY,
    }),
  );
  useRegrown(grown, log.refetch);

  // What was read once stays: newer entries come behind it, so that nothing moves under who reads.
  const [kept, setKept] = useState<{ text: string; entries: readonly LogEntry[] }>({ text: '', entries: [] });
  const { data, isPlaceholderData } = log;
  useEffect(() => {
    if (data === undefined || isPlaceholderData) return;
    setKept((now) => ({ text, entries: now.text === text ? mergedLog(now.entries, data) : data }));
  }, [data, isPlaceholderData, text]);
  const before = older.text === text ? older : { text, entries: [], all: false };
  const entries = mergedLog(before.entries, kept.entries);
  const lines = linesOf(entries).filter(
    (line) => text === '' || line.text.toLowerCase().includes(text.toLowerCase()),
  );

  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    const element = list.current;
    if (element !== null && atEnd.current) element.scrollTop = element.scrollHeight;
  });

  async function readOlder(): Promise<void> {
    const [first] = entries;
    const element = list.current;
    if (first === undefined || element === null) return;
    const fromEnd = element.scrollHeight - element.scrollTop;
    const found = await client.training.log.query({
      ...input,
      before: { attempt: first.attempt, seq: first.seq },
    });
    atEnd.current = false;
    setOlder({ text, entries: mergedLog(found, before.entries), all: found.length < PAGE });
    requestAnimationFrame(() => {
      element.scrollTop = element.scrollHeight - fromEnd;
    });
  }

  return (
    <section aria-labelledby="log-heading" className="stack">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <h2 id="log-heading">Log</h2>
        <label className="training-search">
          <span className="label">Search</span>
          <input
            type="search"
            className="field"
            value={text}
            onChange={(event) => setText(event.target.value.slice(0, 200))}
          />
        </label>
      </div>
      {entries.length < PAGE || before.all ? null : (
        <button type="button" className="button self-start" onClick={() => void readOlder()}>
          Show older lines
        </button>
      )}
      {log.isError ? (
        <p role="alert" className="text-wrong">
          The log could not be read: {log.error.message}
        </p>
      ) : lines.length === 0 ? (
        <p className="text-muted">
          {text !== '' ? 'No line has that.' : over ? 'It left no log.' : 'Nothing was logged yet.'}
        </p>
      ) : (
        <div
          ref={list}
          className="panel job-log"
          role="log"
          aria-live="off"
          aria-label="Lines of the log"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys scroll what has the focus; a log has a role of its own, so it is no ScrollRegion
          tabIndex={0}
          onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
            atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
          }}
        >
          {lines.map(({ key, at, kind, text }) => (
            <p key={key} className={`job-log-${kind}`}>
              <time dateTime={at.toISOString()}>{at.toISOString().slice(11, 19)}</time>
              <span dir="auto">
                {kind === 'log' ? '' : `${kind}: `}
                {visible(text)}
              </span>
            </p>
          ))}
        </div>
      )}
    </section>
  );
}

/** A step more changes nothing of it. */
export const JobLog = memo(JobLogSection);
