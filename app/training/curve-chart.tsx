'use client';

import { memo, useEffect, useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { CHART_HEIGHT, type ChartMark, chartOptions, type Drawn } from './chart-options';
import { alignedTable, curveWords, formatValue, outline, placesOf, smoothed } from './curve-data';
import type { Zoom } from './job-url';
import type { Curve } from './types';

export interface ChartCurve {
  /** Whose it is. */
  label: string;
  curve: Curve;
}

/**
 * One metric, of a job and of those laid over it: the span between lowest and highest, and a line in it. A drag looks closely, a
 * double click at all again, a click opens a step. New points leave zoom, cursor and selection where they are.
 */
export const CurveChart = memo(function CurveChart({
  name,
  curves,
  x,
  smooth,
  zoom,
  marks,
  onZoom,
  onStep,
}: {
  name: string;
  /** The own job's first. */
  curves: readonly ChartCurve[];
  x: 'step' | 'time';
  smooth: number;
  zoom: Zoom | null;
  marks: readonly ChartMark[];
  onZoom: (zoom: Zoom | null) => void;
  onStep: ((step: number) => void) | null;
}) {
  const box = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLSpanElement>(null);
  const own = curves[0]?.curve;
  const shown = useMemo((): Drawn => {
    const places = curves.map(({ curve }) => placesOf(curve, x));
    const parts = curves.map(({ curve }, at) => ({
      places: places[at] ?? [],
      low: curve.low,
      high: curve.high,
      line: smoothed(curve, smooth),
    }));
    const last = own?.high.at(-1);
    const latest = last === undefined ? 'nothing yet' : formatValue(last);
    return {
      table: alignedTable(parts),
      own: places[0] ?? [],
      steps: own?.steps ?? [],
      labels: curves.map(({ label }) => label),
      x,
      zoom,
      marks,
      onZoom,
      onStep,
      onRead: (text) => {
        if (readout.current !== null) readout.current.textContent = text ?? latest;
      },
    };
  }, [curves, own, x, smooth, zoom, marks, onZoom, onStep]);
  const drawn = useRef(shown);

  const plot = useRef<uPlot | null>(null);
  // What is out of sight is drawn when it comes into it.
  const sight = useRef({ inSight: true, isOld: false });
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading');
  const count = curves.length;
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let wanted = true;
    const resize = new ResizeObserver(([entry]) => {
      if (entry !== undefined)
        plot.current?.setSize({ width: Math.floor(entry.contentRect.width), height: CHART_HEIGHT });
    });
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => plot.current?.redraw(false);
    let begun = false;
    const begin = () => {
      begun = true;
      import('uplot').then(
        ({ default: Plot }) => {
          if (!wanted) return;
          plot.current = new Plot(
            chartOptions(element, count, () => drawn.current),
            drawn.current.table,
            element,
          );
          resize.observe(element);
          dark.addEventListener('change', redraw);
          setState('ready');
        },
        () => setState('failed'),
      );
    };
    // Drawn when it comes into sight; until then its outline stands for it, and steps cost it nothing.
    const watch = new IntersectionObserver((entries) => {
      sight.current.inSight = entries.at(-1)?.isIntersecting ?? true;
      if (!sight.current.inSight) return;
      if (!begun) begin();
      if (!sight.current.isOld) return;
      sight.current.isOld = false;
      plot.current?.setData(drawn.current.table);
    });
    watch.observe(element);
    return () => {
      wanted = false;
      resize.disconnect();
      watch.disconnect();
      dark.removeEventListener('change', redraw);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [count]);

  useEffect(() => {
    drawn.current = shown;
    // Scales take their ranges from the zoom, so this moves nothing that is looked at closely.
    if (sight.current.inSight) plot.current?.setData(shown.table);
    else sight.current.isOld = true;
    const { left } = plot.current?.cursor ?? {};
    if (left === undefined || left < 0) shown.onRead(null);
  }, [shown]);

  return (
    <figure className="curve panel">
      <figcaption>
        <span className="curve-name" dir="auto">
          {name}
        </span>
        <span className="curve-value" ref={readout} />
      </figcaption>
      <div
        ref={box}
        className="curve-box"
        role="img"
        aria-label={curves
          .map(({ label, curve }) => curveWords(count > 1 ? `${name} of ${label}` : name, curve))
          .join(' ')}
        data-ready={state === 'ready'}
        style={{ height: CHART_HEIGHT }}
      >
        <span data-probe="" hidden />
        {state === 'ready' || own === undefined ? null : (
          <svg className="curve-outline" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true">
            <path d={outline(own)} vectorEffect="non-scaling-stroke" />
          </svg>
        )}
      </div>
      {state === 'failed' ? (
        <p className="text-muted">The script of the charts did not come; this is an outline alone.</p>
      ) : null}
    </figure>
  );
});
