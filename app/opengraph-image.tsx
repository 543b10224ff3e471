import { firstPicture } from './home/first-picture';
import { SHOWN_SIDE } from './scenes/scenes';
import { CARD_SIZE, CARD_TYPE, shareCard } from './ui/share-card';

export const alt = 'Ocean-R1: a two-stage reinforcement-learning recipe for vision-language models';
export const size = CARD_SIZE;
export const contentType = CARD_TYPE;

/** Of the front page, and of all that have none of their own. */
export default function SiteCard() {
  return shareCard({
    kind: 'Code, weights, leaderboard, and a live answer',
    title: 'Ocean-R1',
    lines: [
      'A two-stage reinforcement-learning recipe that teaches vision-language models first to reason, then to perceive.',
    ],
    picture: { mediaType: 'image/png', bytes: firstPicture(SHOWN_SIDE) },
  });
}
