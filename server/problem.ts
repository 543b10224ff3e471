/**
 * A request that cannot be answered as asked, in a sentence for people. `not-found`: what it names is not there (or not
 * for this visitor); `conflict`: not in the state that things are in; `refused`: not with what it brings; `too-many`: not
 * so often.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly kind: 'not-found' | 'conflict' | 'refused' | 'too-many',
    message: string,
  ) {
    super(message);
  }
}
