import { notFound } from 'next/navigation';
import { shareId } from '@/lib/chat/share';
import { pathTo, pictureAt, replyOf } from '@/lib/chat/turns';
import { answerOf, judge } from '@/lib/chat/verdict';
import { api, orNull } from '../../../trpc/server';
import { CARD_SIZE, CARD_TYPE, shareCard } from '../../../ui/share-card';

export const alt = 'A question about a picture, with what models answered';
export const size = CARD_SIZE;
export const contentType = CARD_TYPE;

/** The last question that is shown: its picture, what each answered, and whether that is right where it is known. */
export default async function SharedCard({ params }: { params: Promise<{ id: string }> }) {
  const id = shareId.safeParse((await params).id);
  const { share } = await api();
  const conversation = id.success ? (await orNull(share.get({ id: id.data })))?.conversation : undefined;
  const turn = conversation && pathTo(conversation, conversation.currentId).at(-1);
  if (!id.success || conversation === undefined || turn === undefined) notFound();
  const shown = pictureAt(conversation, turn.id);
  const picture = shown === null ? null : await share.picture({ id: id.data, pictureId: shown.id });
  const answers = conversation.models.flatMap((model) => {
    const reply = replyOf(turn, model.id);
    const answer = reply && answerOf(reply.text)?.text;
    if (reply === undefined || answer === undefined) return [];
    const verdict = turn.truth && judge(turn.truth, reply);
    const words = verdict === null ? '' : verdict.right ? ', right' : ', wrong';
    return [`${model.label} (${model.checkpoint}): ${answer}${words}`];
  });
  return shareCard({
    kind: 'Shared by a visitor',
    title: turn.question,
    lines: answers.slice(0, 4),
    picture: picture ?? undefined,
  });
}
