import type { RunState } from '../db';
import { Problem } from '../problem';

/**
 * Who is asking. One writer for now; a real account system replaces what is behind `principalOf`. `server` is this process
 * itself, in work that somebody was allowed to begin.
 */
export type Principal = { role: 'visitor' } | { role: 'writer' } | { role: 'server' };

/** What is or was published is for everybody; all else for those who may write. */
export function maySee(principal: Principal, run: { state: RunState }): boolean {
  return run.state === 'published' || run.state === 'withdrawn' || mayChange(principal);
}

/** What is written down of who did something. Accounts will have ids of their own. */
export function ownerOf({ role }: Principal): 'site' | 'team' {
  return role === 'server' ? 'site' : 'team';
}

export function mayChange({ role }: Principal): boolean {
  return role !== 'visitor';
}

/** The one place where a write is authorised. @throws Problem */
export function authoriseWrite(by: { principal: Principal; sameOrigin: boolean }): void {
  authoriseVisit(by);
  if (!mayChange(by.principal)) throw new Problem('not-signed-in', 'This needs the write token.');
}

/** A write that visitors may do, and pages of other origins may not, whoever looks at them. @throws Problem */
export function authoriseVisit({ sameOrigin }: { sameOrigin: boolean }): void {
  if (!sameOrigin)
    throw new Problem(
      'not-allowed',
      'A page of another site may not write here. Where it is one of this server, name its host in OCEAN_HOSTS.',
    );
}
