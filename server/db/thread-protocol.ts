/** What the server says to the thread of its embedded database, and what it hears; `id` pairs a question with its answer. */

/** `turn` is the transaction that a query is part of; null where it is its own. */
export type Ask =
  | {
      type: 'query';
      id: number;
      turn: number | null;
      sql: string;
      params: unknown[];
      rowMode: 'array' | 'object';
    }
  | { type: 'exec'; id: number; turn: number | null; sql: string }
  | { type: 'begin'; id: number }
  | { type: 'end'; id: number; turn: number; commit: boolean }
  | { type: 'listen'; id: number; channel: string }
  | { type: 'close'; id: number };

export type Answer =
  | { type: 'done'; id: number; value: unknown }
  | { type: 'failed'; id: number; message: string; code: string | null }
  | { type: 'notice'; channel: string; payload: string };
