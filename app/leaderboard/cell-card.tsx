'use client';

import { type RefObject, useEffect, useRef, useState } from 'react';
import { INTERVAL_METHODS } from '@/lib/stats/score';
import { Delta } from '../ui/delta';
import { EvidenceBadge } from '../ui/evidence';
import { formatPercent } from '../ui/format';
import { IntervalBar, IntervalText } from '../ui/interval';
import type { ShownCell, ShownRow } from './board-view';

const SHOW_AFTER_MS = 300;
const HIDE_AFTER_MS = 150;
const WIDTH_PX = 300;

interface Pointed {
  shown: ShownRow;
  cell: ShownCell;
  left: number;
  top: number;
  above: boolean;
}

/**
 * What stands behind a figure, beside it, while the pointer or the focus is on it: one card for the whole table. It can
 * be hovered and is closed by Escape; what it says is on the run's page too.
 */
export function CellCard({
  scroller,
  rows,
}: {
  scroller: RefObject<HTMLElement | null>;
  rows: readonly ShownRow[];
}) {
  const card = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<Pointed | null>(null);

  useEffect(() => {
    const table = scroller.current;
    const element = card.current;
    if (table === null || element === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = (ms: number, act: () => void) => {
      clearTimeout(timer);
      timer = setTimeout(act, ms);
    };
    const hide = () => {
      clearTimeout(timer);
      setPointed(null);
    };
    const show = (link: HTMLElement) => {
      const id = link.closest<HTMLElement>('tr')?.dataset.checkpoint;
      const shown = rows.find((each) => each.row.checkpointId === id);
      const cell = shown?.cells.get(link.dataset.benchmark ?? '');
      if (shown === undefined || cell === undefined) return;
      const box = link.getBoundingClientRect();
      const above = box.bottom + 240 > window.innerHeight;
      setPointed({
        shown,
        cell,
        left: Math.max(8, Math.min(box.left, document.documentElement.clientWidth - WIDTH_PX - 8)),
        top: above ? box.top : box.bottom,
        above,
      });
    };
    const linkOf = (event: Event) =>
      event.target instanceof Element ? event.target.closest<HTMLElement>('a[data-benchmark]') : null;
    const over = (event: PointerEvent) => {
      if (event.pointerType === 'touch') return;
      if (event.target instanceof Node && element.contains(event.target)) return clearTimeout(timer);
      const link = linkOf(event);
      if (link === null) later(HIDE_AFTER_MS, hide);
      else later(SHOW_AFTER_MS, () => show(link));
    };
    const leave = () => later(HIDE_AFTER_MS, hide);
    const focus = (event: FocusEvent) => {
      const link = linkOf(event);
      if (link?.matches(':focus-visible')) show(link);
      else hide();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key === 'Escape') hide();
    };
    table.addEventListener('pointerover', over);
    table.addEventListener('pointerleave', leave);
    table.addEventListener('focusin', focus);
    table.addEventListener('focusout', leave);
    table.addEventListener('scroll', hide, { passive: true });
    window.addEventListener('scroll', hide, { passive: true });
    document.addEventListener('keydown', key);
    return () => {
      clearTimeout(timer);
      table.removeEventListener('pointerover', over);
      table.removeEventListener('pointerleave', leave);
      table.removeEventListener('focusin', focus);
      table.removeEventListener('focusout', leave);
      table.removeEventListener('scroll', hide);
      window.removeEventListener('scroll', hide);
      document.removeEventListener('keydown', key);
    };
  }, [scroller, rows]);

  useEffect(() => {
    if (pointed === null) card.current?.hidePopover();
    else card.current?.showPopover();
  }, [pointed]);

  return (
    <div
      ref={card}
      popover="manual"
      className="cell-card"
      style={
        pointed === null
          ? undefined
          : {
              left: pointed.left,
              top: pointed.top,
              width: WIDTH_PX,
              transform: pointed.above ? 'translateY(-100%)' : undefined,
            }
      }
    >
      {pointed === null ? null : <CardText shown={pointed.shown} cell={pointed.cell} />}
    </div>
  );
}

function CardText({ shown, cell }: { shown: ShownRow; cell: ShownCell }) {
  const { delta, interval, other } = cell;
  return (
    <div className="stack">
      <div className="cell-card-head">
        <IntervalText value={cell.value} interval={interval} />
        <EvidenceBadge evidence={cell.evidence} />
      </div>
      <IntervalBar value={cell.value} interval={interval} />
      <p>
        {shown.row.modelName}: {cell.provenance}.
        {cell.evidence === 'reported' ? ' No predictions were handed in, so nothing here checks it.' : ''}
      </p>
      {interval === null ? null : <p>{INTERVAL_METHODS[interval.method]}.</p>}
      {delta === null ? null : (
        <p>
          <Delta value={delta.value} beyondChance={delta.beyondChance} /> points to its base, {delta.toName},
          by the same rule{delta.beyondChance ? '' : ': it may be chance'}.
        </p>
      )}
      {cell.rank === null ? (
        <p>No rank: samples wait for a judge, so the figure is not whole.</p>
      ) : (
        <p>
          Rank {cell.rank}
          {cell.tied
            ? ', tied: the paired difference’s interval includes zero, or, where pairs are missing, the intervals overlap.'
            : ` among all published ${cell.evidence} figures by this scorer.`}
        </p>
      )}
      {cell.comparable || cell.rank === null ? null : (
        <p>The column’s rule is another, so it is not sorted among the others and counts in no average.</p>
      )}
      {other === null ? null : (
        <p>
          Reported by its authors: {formatPercent(other.value)} ({other.provenance}).
        </p>
      )}
      <p className="text-muted">
        <code>{cell.scorer}</code>
      </p>
    </div>
  );
}
