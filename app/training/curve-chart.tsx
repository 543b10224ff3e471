'use client';

import { memo, useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
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
  const [inSight, setInSight] = useState(false);
  const [ready, setReady] = useState(false);
  const own = curves[0]?.curve;
  // Out of sight nothing is laid out: until then its outline stands for it, and steps cost it nothing.
  const shown = useMemo((): Drawn | null => {
    if (!inSight) return null;
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
  }, [inSight, curves, own, x, smooth, zoom, marks, onZoom, onStep]);

  const plot = useRef<uPlot | null>(null);
  const drawn = useRef(shown);
  const count = curves.length;
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const resize = new ResizeObserver(([entry]) => {
      if (entry !== undefined)
        plot.current?.setSize({ width: Math.floor(entry.contentRect.width), height: CHART_HEIGHT });
    });
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => plot.current?.redraw(false);
    const watch = new IntersectionObserver((entries) => setInSight(entries.at(-1)?.isIntersecting ?? true));
    resize.observe(element);
    dark.addEventListener('change', redraw);
    watch.observe(element);
    return () => {
      resize.disconnect();
      watch.disconnect();
      dark.removeEventListener('change', redraw);
    };
  }, []);

  // A plot is of as many jobs as it was made for.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another count is another plot, which the next effect makes
  useEffect(
    () => () => {
      plot.current?.destroy();
      plot.current = null;
    },
    [count],
  );
  useEffect(() => {
    const element = box.current;
    if (element === null || shown === null) return;
    drawn.current = shown;
    // Scales take their ranges from the zoom, so this moves nothing that is looked at closely.
    if (plot.current !== null) plot.current.setData(shown.table);
    else {
      plot.current = new uPlot(
        chartOptions(element, count, () => drawn.current ?? shown),
        shown.table,
        element,
      );
      setReady(true);
    }
    const { left } = plot.current.cursor;
    if (left === undefined || left < 0) shown.onRead(null);
  }, [shown, count]);

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
        data-ready={ready}
        style={{ height: CHART_HEIGHT }}
      >
        <span data-probe="" hidden />
        {ready || own === undefined ? null : (
          <svg className="curve-outline" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true">
            <path d={outline(own)} vectorEffect="non-scaling-stroke" />
          </svg>
        )}
      </div>
    </figure>
  );
});
