import { visible } from '../ui/visible';
import { shorten, withoutOpening } from './answer-text';

/** A row's question, and its number in the list. */
export const RowQuestion = ({
  question,
  place,
  opening,
}: {
  question: string;
  place: number;
  opening: string;
}) => (
  <>
    <span className="sample-row-question">
      <bdi>{visible(shorten(withoutOpening(question, opening), 200))}</bdi>
    </span>
    <span className="sample-row-number">{place}</span>
  </>
);
