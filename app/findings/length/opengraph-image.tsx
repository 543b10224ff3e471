import { CARD_SIZE, CARD_TYPE } from '../../ui/share-card';
import { findingCard } from '../finding-card';

export const alt = 'A finding: a claim of the recipe, its evidence, and what speaks against it';
export const size = CARD_SIZE;
export const contentType = CARD_TYPE;

export default () => findingCard('length');
