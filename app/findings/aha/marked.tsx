import { Fragment } from 'react';

/** A text with what a pattern finds in it marked. */
export function Marked({ text, pattern }: { text: string; pattern: RegExp | null }) {
  if (pattern === null) return text;
  const found = [...text.matchAll(pattern)];
  const end = (place: number) => {
    const match = found[place];
    return match === undefined ? 0 : match.index + match[0].length;
  };
  return (
    <>
      {found.map((match, place) => (
        <Fragment key={match.index}>
          {text.slice(end(place - 1), match.index)}
          <mark>{match[0]}</mark>
        </Fragment>
      ))}
      {text.slice(end(found.length - 1))}
    </>
  );
}
