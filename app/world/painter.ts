import { useEffect, useState } from 'react';
import type { Painted, PaintRequest } from './painted';

interface Job {
  request: PaintRequest;
  urgency: number;
  resolve: (painted: Painted) => void;
  reject: (reason: Error) => void;
}

/** The world at work in a web worker of its own: a request at a time, the most urgent first. */
export class Painter {
  private readonly worker = new Worker(new URL('./paint-worker.ts', import.meta.url), { type: 'module' });
  private waiting: Job[] = [];
  private running: Job | null = null;

  constructor() {
    this.worker.onmessage = ({ data }: MessageEvent<Painted>) => {
      this.running?.resolve(data);
      this.running = null;
      this.next();
    };
    this.worker.onerror = ({ message }) => {
      const reason = new Error(message || 'The part of the page that paints could not be loaded.');
      for (const job of [this.running, ...this.waiting]) job?.reject(reason);
      this.running = null;
      this.waiting = [];
    };
  }

  /** Least urgency first. What is no longer wanted when its turn comes is left out and never settles. */
  paint(request: PaintRequest, urgency: number, signal: AbortSignal): Promise<Painted> {
    return new Promise((resolve, reject) => {
      const job = { request, urgency, resolve, reject };
      this.waiting.push(job);
      signal.addEventListener('abort', () => {
        this.waiting = this.waiting.filter((each) => each !== job);
      });
      if (this.running === null) this.next();
    });
  }

  private next(): void {
    const job = this.waiting.toSorted((one, other) => one.urgency - other.urgency)[0];
    if (job === undefined) return;
    this.waiting = this.waiting.filter((each) => each !== job);
    this.running = job;
    this.worker.postMessage(job.request);
  }

  close(): void {
    this.worker.terminate();
  }
}

/** Whether the screen has more than one pixel a CSS pixel. */
export function useDenseScreen(): boolean {
  const [dense, setDense] = useState(false);
  useEffect(() => {
    const query = window.matchMedia('(min-resolution: 1.1dppx)');
    const look = () => setDense(query.matches);
    look();
    query.addEventListener('change', look);
    return () => query.removeEventListener('change', look);
  }, []);
  return dense;
}

/** A painter for as long as the component is mounted; null until then. */
export function usePainter(): Painter | null {
  const [painter, setPainter] = useState<Painter | null>(null);
  useEffect(() => {
    const opened = new Painter();
    setPainter(opened);
    return () => opened.close();
  }, []);
  return painter;
}

export interface Painting {
  /** The newest sample that was painted: an earlier one while `busy`. */
  painted: (Painted & PaintRequest) | null;
  busy: boolean;
  failure: string | null;
}

/** A sample with its picture. Nothing is painted while `pixels` is null. */
export function usePainting(
  painter: Painter | null,
  { task, seed, size, pixels, whole }: Omit<PaintRequest, 'pixels'> & { pixels: number | null },
  urgency: number,
): Painting {
  const [painted, setPainted] = useState<Painting['painted']>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    if (painter === null || pixels === null) return;
    const unwanted = new AbortController();
    const request = { task, seed, size, pixels, whole };
    painter.paint(request, urgency, unwanted.signal).then(
      (result) => {
        if (!unwanted.signal.aborted) setPainted({ ...result, ...request });
      },
      (reason: Error) => setFailure(reason.message),
    );
    return () => unwanted.abort();
  }, [painter, task, seed, size, pixels, whole, urgency]);
  const busy = painted?.task !== task || painted.seed !== seed || painted.size !== size;
  return { painted, busy, failure };
}
