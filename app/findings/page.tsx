import './findings.css';
import type { Metadata } from 'next';
import { Pieces } from '../figures/pieces';
import { PageHeader } from '../ui/page-header';

export const metadata: Metadata = {
  title: 'Findings',
  description:
    'What two-stage reinforcement learning does to a vision-language model: reflection, training dynamics, length and transfer, each claim with its evidence and with what speaks against it.',
};

export default function FindingsPage() {
  return (
    <article className="findings">
      <PageHeader title="Findings">
        <p>
          The authors of the recipe make four claims. Here is each with its evidence there, with the same on
          our own small model, whose every output can be read, and with what speaks against it.
        </p>
      </PageHeader>
      <Pieces level={2} />
    </article>
  );
}
