import '../../chat.css';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { shareId } from '@/lib/chat/share';
import { api, orNull } from '../../../trpc/server';
import { formatDate } from '../../../ui/format';
import { PageHeader } from '../../../ui/page-header';
import { ConversationView } from '../../conversation-view';
import { readMeasured } from '../../read-measured';

type Params = Promise<{ id: string }>;

const readShare = cache(async (given: string) => {
  const id = shareId.safeParse(given);
  return id.success ? orNull((await api()).share.get({ id: id.data })) : null;
});

/** For those who have the link, not for search engines. */
export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  const shared = await readShare((await params).id);
  return {
    title: shared?.conversation.title ?? 'No such conversation',
    description: 'A question about a picture and what models answered, as a visitor shared it.',
    robots: { index: false, follow: false },
  };
}

export default async function SharedScreen({ params }: { params: Params }) {
  const shared = await readShare((await params).id);
  if (shared === null) notFound();
  return (
    <>
      <PageHeader title={shared.conversation.title} trail={<Link href="/chat">Try it</Link>}>
        <p>
          A conversation that a visitor shared on {formatDate(shared.sharedAt)}. What is written and shown
          here is theirs and the models’, and nobody has checked it.
        </p>
      </PageHeader>
      <div className="chat">
        {shared.conversation.currentId === null ? (
          <p className="text-muted">Nothing was asked.</p>
        ) : (
          <ConversationView conversation={shared.conversation} measured={await readMeasured()} />
        )}
      </div>
    </>
  );
}
