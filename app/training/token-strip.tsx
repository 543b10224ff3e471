import { visible } from '../ui/visible';
import { formatValue } from './curve-data';
import type { Response } from './types';

/** More tokens than this are not drawn. */
const MOST = 3_000;

/** The tokens of a response, each with its log-probability and entropy: the less sure, the thicker its line. */
export function TokenStrip({ trace }: { trace: NonNullable<Response['trace']> }) {
  return (
    <details className="token-strip">
      <summary className="label">Tokens, by how sure the model was</summary>
      <p dir="auto">
        {trace.slice(0, MOST).map(({ text, logp, entropy }, at) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place
            key={at}
            data-doubt={doubtOf(Number(logp))}
            title={`log-probability ${formatValue(Number(logp))}, entropy ${formatValue(Number(entropy))}`}
          >
            {visible(text)}
          </span>
        ))}
      </p>
      {trace.length > MOST ? (
        <p className="text-muted">{trace.length - MOST} tokens more are not shown.</p>
      ) : null}
    </details>
  );
}

/** 0 where the token was to be expected, to 3 where it was not. */
function doubtOf(logp: number): 0 | 1 | 2 | 3 {
  const probability = Math.exp(logp);
  return probability > 0.9 ? 0 : probability > 0.5 ? 1 : probability > 0.1 ? 2 : 3;
}
