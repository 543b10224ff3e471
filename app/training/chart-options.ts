import type uPlot from 'uplot';
import { formatValue, nearest, type Table } from './curve-data';
import type { Zoom } from './job-url';

/** How uPlot draws a metric. What changes is read through `drawn` at each drawing, so that a plot lives as long as its panel. */

export interface Drawn {
  table: Table;
  /** The own job's places on x, and the steps that they are of. */
  own: readonly number[];
  steps: readonly number[];
  labels: readonly string[];
  x: 'step' | 'time';
  zoom: Zoom | null;
  marks: readonly ChartMark[];
  onZoom: (zoom: Zoom | null) => void;
  /** Null where no step has rollouts. */
  onStep: ((step: number) => void) | null;
  /** What is read at the cursor; null where there is none. */
  onRead: (text: string | null) => void;
}

export interface ChartMark {
  kind: 'checkpoint' | 'notice' | 'open';
  step: number;
}

export const CHART_HEIGHT = 190;
/** Each job's line is told from the others by its dashes too. */
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3], [4, 4]];
/** Pixels of a movement that is a click still. */
const CLICK = 4;

export function chartOptions(element: HTMLElement, jobs: number, drawn: () => Drawn): uPlot.Options {
  const colour = (name: string) => getComputedStyle(element).getPropertyValue(name);
  const series = Array.from({ length: jobs }, (_, job): uPlot.Series[] => {
    const stroke = () => colourOf(element, `--series-${job + 1}`);
    return [
      { stroke: 'transparent', width: 0, points: { show: false }, spanGaps: true },
      { stroke: 'transparent', width: 0, points: { show: false }, spanGaps: true },
      { stroke, width: 1.75, dash: [...(DASHES[job] ?? [])], spanGaps: true },
    ];
  });
  const bands = Array.from(
    { length: jobs },
    (_, job): uPlot.Band => ({
      series: [3 * job + 2, 3 * job + 1],
      fill: () => withAlpha(colourOf(element, `--series-${job + 1}`)),
    }),
  );
  const axis = (): uPlot.Axis => ({
    stroke: () => colourOf(element, '--muted'),
    grid: { stroke: () => colourOf(element, '--line'), width: 1 },
    ticks: { stroke: () => colourOf(element, '--line'), width: 1, size: 4 },
    font: `11px ${colour('font-family') || 'sans-serif'}`,
  });
  return {
    width: Math.floor(element.clientWidth),
    height: CHART_HEIGHT,
    legend: { show: false },
    scales: {
      x: {
        time: false,
        range: (_, least, most) => {
          const range = zoomed(drawn()) ?? [least, most];
          // A single step has a place in the middle.
          return range[0] === range[1] ? [range[0] - 1, range[1] + 1] : range;
        },
      },
      y: { range: (_, least, most) => padded(least, most) },
    },
    axes: [
      {
        ...axis(),
        size: 26,
        values: (_, values) =>
          values.map((each) => (drawn().x === 'step' ? stepLabel(each) : timeLabel(each))),
      },
      { ...axis(), size: 54, values: (_, values) => values.map((each) => formatValue(each)) },
    ],
    series: [{}, ...series.flat()],
    bands,
    cursor: {
      y: false,
      // What a drag does is said by the address, as any other view is.
      drag: { x: true, y: false, setScale: false },
      sync: { key: 'training', setSeries: false },
      points: { size: 6 },
      bind: {
        dblclick: () => () => {
          drawn().onZoom(null);
          return null;
        },
      },
    },
    hooks: {
      setCursor: [(plot) => drawn().onRead(readAt(plot, drawn()))],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width <= CLICK) return;
          const { own, steps, onZoom } = drawn();
          const step = (pixel: number) => steps[nearest(own, plot.posToVal(pixel, 'x'))] ?? 0;
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          const [from, to] = [step(left), step(left + width)];
          if (from < to) onZoom({ from, to });
        },
      ],
      draw: [(plot) => drawMarks(plot, drawn(), (name) => colourOf(element, name))],
      ready: [
        (plot) => {
          let downAt = 0;
          plot.over.addEventListener('mousedown', (event) => {
            downAt = event.clientX;
          });
          plot.over.addEventListener('click', (event) => {
            const { own, steps, onStep } = drawn();
            if (onStep === null || Math.abs(event.clientX - downAt) > CLICK) return;
            const left = event.clientX - plot.over.getBoundingClientRect().left;
            const step = steps[nearest(own, plot.posToVal(left, 'x'))];
            if (step !== undefined) onStep(step);
          });
        },
      ],
    },
  };
}

/** The zoom's ends on x; null where there is none. */
function zoomed({ zoom, x, own, steps }: Drawn): [number, number] | null {
  if (zoom === null) return null;
  if (x === 'step') return [zoom.from, zoom.to];
  const [from, to] = [own[nearest(steps, zoom.from)], own[nearest(steps, zoom.to)]];
  return from === undefined || to === undefined || from >= to ? null : [from, to];
}

function padded(least: number | null, most: number | null): [number, number] {
  if (least === null || most === null) return [0, 1];
  const pad = (most - least || Math.abs(most) || 1) * 0.06;
  return [least - pad, most + pad];
}

function readAt(plot: uPlot, { table, labels, own, steps, x }: Drawn): string | null {
  const { idx, left } = plot.cursor;
  if (idx == null || left == null || left < 0) return null;
  const place = table[0][idx];
  if (place === undefined) return null;
  const values = labels.flatMap((label, job) => {
    const [low, high, line] = [0, 1, 2].map((column) => table[3 * job + column + 1]?.[idx]);
    if (low == null || high == null || line == null) return [];
    const spread = low === high ? '' : ` (${formatValue(low)} to ${formatValue(high)})`;
    return [`${labels.length > 1 ? `${label} ` : ''}${formatValue(line)}${spread}`];
  });
  const step = x === 'step' ? place : (steps[nearest(own, place)] ?? 0);
  return `step ${step}: ${values.join(' · ')}`;
}

const SIGNS = { checkpoint: '▲', notice: '!', open: '◆' } as const;

function drawMarks(plot: uPlot, { marks, own, steps, x }: Drawn, colour: (name: string) => string): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * ratio}px sans-serif`;
  ctx.textAlign = 'center';
  for (const { kind, step } of marks) {
    const place = x === 'step' ? step : own[nearest(steps, step)];
    if (place === undefined) continue;
    const left = plot.valToPos(place, 'x', true);
    if (left < bbox.left || left > bbox.left + bbox.width) continue;
    ctx.strokeStyle = ctx.fillStyle = colour(
      kind === 'open' ? '--accent' : kind === 'notice' ? '--wrong' : '--muted',
    );
    ctx.lineWidth = (kind === 'open' ? 1.5 : 1) * ratio;
    ctx.setLineDash(kind === 'notice' ? [3 * ratio, 3 * ratio] : []);
    ctx.beginPath();
    ctx.moveTo(left, bbox.top + 12 * ratio);
    ctx.lineTo(left, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(SIGNS[kind], left, bbox.top + 10 * ratio);
  }
  ctx.restore();
}

const stepLabel = (step: number): string => (Number.isInteger(step) ? step.toLocaleString('en-GB') : '');

function timeLabel(seconds: number): string {
  if (seconds < 120) return `${Number(seconds.toFixed(1))} s`;
  return seconds < 7_200
    ? `${Number((seconds / 60).toFixed(1))} min`
    : `${Number((seconds / 3_600).toFixed(1))} h`;
}

/** By scheme and name: to ask the browser for each at every drawing would cost more than the drawing. */
const colours = new Map<string, string>();

/** A custom property as a canvas takes it: `light-dark()` is settled by an element of that colour. */
function colourOf(element: HTMLElement, name: string): string {
  const key = `${matchMedia('(prefers-color-scheme: dark)').matches} ${name}`;
  const known = colours.get(key);
  if (known !== undefined) return known;
  const probe = element.querySelector<HTMLElement>('[data-probe]');
  if (probe === null) return 'gray';
  probe.style.color = `var(${name})`;
  const { color } = getComputedStyle(probe);
  colours.set(key, color);
  return color;
}

/** `rgb(1, 2, 3)` as `rgb(1 2 3 / 18%)`. */
const withAlpha = (colour: string): string =>
  `rgb(${(colour.match(/[\d.]+/g) ?? []).slice(0, 3).join(' ')} / 18%)`;
