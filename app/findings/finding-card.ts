import words from '@/lib/findings/seed-words.json';
import { FINDINGS, type FindingId } from '../figures/pieces';
import { shareCard } from '../ui/share-card';

/** A finding where it is linked to: its title and the claim. */
export function findingCard(id: FindingId): Response {
  return shareCard({
    kind: 'Finding: a claim, its evidence, and what speaks against it',
    title: FINDINGS.find((each) => each.id === id)?.title ?? 'Finding',
    lines: [`Its authors: “${words.claims[id]}”`],
  });
}
