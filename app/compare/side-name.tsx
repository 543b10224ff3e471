import type { Side } from './sides';

/** A run by its letter and its name. */
export const SideName = ({ side: { letter, name } }: { side: Pick<Side, 'letter' | 'name'> }) => (
  <span className="side-name">
    <span className="side-letter">{letter}</span>
    <bdi>{name}</bdi>
  </span>
);
