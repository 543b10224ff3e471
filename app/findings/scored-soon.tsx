import { EmptyState } from '../ui/state';

/** In place of what stands on runs that are not there (yet). */
export function ScoredSoon() {
  return (
    <EmptyState title="No runs to look into yet">
      <p>
        This part is computed from the published runs of a model’s stages over the same samples. At a server’s
        first start they are being scored; reload the page in a minute.
      </p>
    </EmptyState>
  );
}
