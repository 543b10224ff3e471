import type { RunPage, SampleFilter } from '@/server/evals/types';
import { formatCount } from '../ui/format';
import { readTag, tagKey } from './samples-url';

/** One tag's value, or all samples; nothing where the benchmark has no tags. */
export function TagSelect({
  tags,
  chosen,
  counted,
  onChoose,
}: {
  tags: RunPage['tags'];
  chosen: SampleFilter['tag'];
  /** Whether the counts are those of what is listed. */
  counted: boolean;
  onChoose: (tag: SampleFilter['tag']) => void;
}) {
  if (tags.length === 0) return null;
  return (
    <select
      name="tag"
      className="field"
      aria-label="Tag"
      value={chosen === undefined ? '' : tagKey(chosen)}
      onChange={(event) => onChoose(readTag(event.target.value) ?? undefined)}
    >
      <option value="">All tags</option>
      {tags.map(({ tag, label, values }) => (
        <optgroup key={tag} label={label}>
          {values.map(({ value, count }) => (
            <option key={value} value={tagKey({ tag, value })}>
              {counted ? `${value} (${formatCount(count)})` : value}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}
