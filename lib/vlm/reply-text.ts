/** Makes the text of a reply as its tokens come, and finds the string that ends it. */
export class ReplyText {
  // A byte-order mark in the middle of a reply is a character like others.
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private held = '';
  /** Whether a stop string was met: nothing comes after it. */
  stopped = false;

  constructor(private readonly stop: readonly string[]) {}

  /** The bytes of a token: a character can be spread over several. */
  add(bytes: Uint8Array): void {
    this.read(this.decoder.decode(bytes, { stream: true }));
  }

  /** What can be shown since the last time: all that is no beginning of a stop string. */
  take(): string {
    return this.cut(this.stopped ? 0 : this.possibleStop());
  }

  /** The rest of a reply that has ended. */
  end(): string {
    this.read(this.decoder.decode());
    return this.cut(0);
  }

  private read(text: string): void {
    if (this.stopped) return;
    this.held += text;
    const found = this.stop.map((each) => this.held.indexOf(each)).filter((at) => at >= 0);
    if (found.length === 0) return;
    this.held = this.held.slice(0, Math.min(...found));
    this.stopped = true;
  }

  private cut(keep: number): string {
    const text = this.held.slice(0, this.held.length - keep);
    this.held = this.held.slice(text.length);
    return text;
  }

  /** Length of the longest end of the text that a stop string begins with. */
  private possibleStop(): number {
    const longest = Math.max(0, ...this.stop.map(({ length }) => length - 1));
    for (let length = Math.min(this.held.length, longest); length > 0; length--) {
      const end = this.held.slice(-length);
      if (this.stop.some((each) => each.startsWith(end))) return length;
    }
    return 0;
  }
}
