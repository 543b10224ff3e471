import { useEffect, useState } from 'react';
import type { Conversation } from '@/lib/chat/conversation';
import { type NewShare, sharePath } from '@/lib/chat/share';
import { branchAt } from '@/lib/chat/turns';
import { CopyButton } from '../ui/copy-button';
import { Dialog } from '../ui/dialog';
import { loadShare, saveShare } from './conversation-store';
import { makeLink, revokeLink } from './share-links';

/** Makes a link to a snapshot, when asked and not before, and takes it back. Loaded where somebody wants to share. */
export function ShareDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { id, currentId } = conversation;
  // Other branches are nobody's business.
  const shown = currentId === null ? conversation : branchAt(conversation, currentId, id, new Date());
  return <Sharing conversation={shown} onClose={onClose} />;
}

function Sharing({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const [share, setShare] = useState<NewShare | null>(null);
  const [busy, setBusy] = useState(true);
  const [said, setSaid] = useState<{ words: string; wrong: boolean } | null>(null);
  const { id, turns, pictures } = conversation;

  useEffect(() => {
    loadShare(id).then(
      (known) => {
        setShare(known);
        setBusy(false);
      },
      // What this browser cannot remember can be shared all the same.
      () => setBusy(false),
    );
  }, [id]);

  const doing = async (work: () => Promise<string>) => {
    setBusy(true);
    try {
      setSaid({ words: await work(), wrong: false });
    } catch (reason) {
      setSaid({ words: reason instanceof Error ? reason.message : String(reason), wrong: true });
    } finally {
      setBusy(false);
    }
  };
  const make = async () => {
    const made = await makeLink(conversation);
    setShare(made);
    await saveShare(id, made);
    return 'The link is made.';
  };
  const revoke = async (known: NewShare) => {
    await revokeLink(known);
    setShare(null);
    await saveShare(id, null);
    return 'The link is revoked: nobody can open it any more.';
  };
  return (
    <Dialog title="Share this conversation" onClose={onClose}>
      <p>
        A link shows a snapshot of what stands here now: {turns.length}{' '}
        {turns.length === 1 ? 'question' : 'questions'}, {pictures.length}{' '}
        {pictures.length === 1 ? 'picture' : 'pictures'} and the replies. It is sent to this site’s server for
        it. Whoever has the link can see it, until you revoke it from this browser.
      </p>
      {share === null ? null : (
        <p className="chat-link">
          <code>{new URL(sharePath(share.id), window.location.href).href}</code>
        </p>
      )}
      <p role={said?.wrong ? 'alert' : 'status'} className={said?.wrong ? 'text-wrong' : ''}>
        {said?.words}
      </p>
      <div className="dialog-foot">
        {share === null ? (
          <button type="button" className="button button-primary" disabled={busy} onClick={() => doing(make)}>
            Make a link
          </button>
        ) : (
          <>
            <CopyButton
              label="Copy the link"
              read={() => new URL(sharePath(share.id), window.location.href).href}
            />
            <button
              type="button"
              className="button"
              disabled={busy}
              onClick={() => doing(() => revoke(share))}
            >
              Revoke it
            </button>
          </>
        )}
      </div>
    </Dialog>
  );
}
