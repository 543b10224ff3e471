/** Hands events from callbacks to one `for await`. */
export class Relay<T> implements AsyncIterableIterator<T, void> {
  private readonly events: T[] = [];
  private outcome: { reason: unknown } | 'done' | null = null;
  private wake: (() => void) | null = null;

  push(event: T): void {
    this.events.push(event);
    this.wake?.();
  }

  end(): void {
    this.outcome ??= 'done';
    this.wake?.();
  }

  fail(reason: unknown): void {
    this.outcome ??= { reason };
    this.wake?.();
  }

  /** Events that came before the end are handed out before it is told. */
  async next(): Promise<IteratorResult<T, void>> {
    while (this.events.length === 0 && this.outcome === null) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = null;
    }
    if (this.events.length > 0) return { done: false, value: this.events.shift() as T };
    if (this.outcome === 'done') return { done: true, value: undefined };
    throw (this.outcome as { reason: unknown }).reason;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
