/** What each kind of problem is called over HTTP and by tRPC. */
export const PROBLEM_KINDS = {
  /** What it names is not there, or not for this visitor. */
  'not-found': { status: 404, code: 'NOT_FOUND' },
  /** Not in the state that things are in. */
  conflict: { status: 409, code: 'CONFLICT' },
  /** Not with what it brings. */
  refused: { status: 400, code: 'BAD_REQUEST' },
  'too-large': { status: 413, code: 'PAYLOAD_TOO_LARGE' },
  /** Not so often. */
  'too-many': { status: 429, code: 'TOO_MANY_REQUESTS' },
  /** The disk is full. */
  'no-room': { status: 507, code: 'SERVICE_UNAVAILABLE' },
  /** This process ends; another one, or the next, answers. */
  stopping: { status: 503, code: 'SERVICE_UNAVAILABLE' },
  /** Whoever asks has to say who they are. */
  'not-signed-in': { status: 401, code: 'UNAUTHORIZED' },
  /** Nor would that help. */
  'not-allowed': { status: 403, code: 'FORBIDDEN' },
} as const;

/** A request that cannot be answered as asked, in a sentence for people. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly kind: keyof typeof PROBLEM_KINDS,
    message: string,
  ) {
    super(message);
  }

  /** HTTP's. */
  get status(): number {
    return PROBLEM_KINDS[this.kind].status;
  }
}

export const stopping = () => new Problem('stopping', 'This server is stopping: ask again in a moment.');
