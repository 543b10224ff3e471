import { useEffect, useRef, useState } from 'react';
import type { Conversation } from '@/lib/chat/conversation';
import { Dialog } from '../ui/dialog';
import { formatBytes, formatCount } from '../ui/format';
import { loadPart } from '../ui/part';
import {
  deleteConversation,
  listConversations,
  loadConversation,
  loadShare,
  parseConversation,
  type Summary,
} from './conversation-store';

/** A file that is larger holds no conversation that the schema would let in. */
const MAX_IMPORT_BYTES = 100_000_000;

/** Those that this browser keeps: to open, to export, to delete. */
export function ConversationsDialog({
  currentId,
  onOpen,
  onDeleted,
  onClose,
}: {
  currentId: string;
  onOpen: (conversation: Conversation) => void;
  /** The conversation of that id is gone. */
  onDeleted: (id: string) => void;
  onClose: () => void;
}) {
  const [list, setList] = useState<Summary[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const file = useRef<HTMLInputElement>(null);
  const tell = (reason: unknown) => setProblem(reason instanceof Error ? reason.message : String(reason));
  const refresh = () => listConversations().then(setList, tell);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens
  useEffect(() => {
    refresh();
  }, []);

  const remove = async (ids: readonly string[]) => {
    for (const id of ids) {
      const share = await loadShare(id);
      // The secret that revokes it goes with the conversation, so the link must not stay.
      if (share !== null) await (await loadPart(() => import('./share-links'))).revokeLink(share);
      await deleteConversation(id);
      onDeleted(id);
    }
    await refresh();
  };
  return (
    <Dialog title="Conversations" wide onClose={onClose}>
      <p className="text-muted">
        They are kept in this browser and nowhere else. Deleting one revokes its link too.
      </p>
      {problem === null ? null : (
        <p role="alert" className="text-wrong">
          {problem}
        </p>
      )}
      {list === null || list.length === 0 ? (
        <p>
          {list === null
            ? 'One moment'
            : 'Nothing is kept yet: a conversation is, from its first question on.'}
        </p>
      ) : (
        <ul className="chat-list">
          {list.map(({ id, title, updatedAt, turns }) => (
            <li key={id} aria-current={id === currentId ? 'true' : undefined}>
              <button
                type="button"
                className="chat-list-open"
                onClick={() =>
                  loadConversation(id).then((conversation) => {
                    if (conversation !== null) onOpen(conversation);
                  }, tell)
                }
              >
                <span dir="auto">{title}</span>
                <span className="text-muted">
                  {formatCount(turns)} {turns === 1 ? 'question' : 'questions'},{' '}
                  <time dateTime={updatedAt}>{new Date(updatedAt).toLocaleString('en-GB', WHEN)}</time>
                </span>
              </button>
              <button
                type="button"
                className="button-quiet-small"
                aria-label={`Export “${title}”`}
                onClick={() => loadConversation(id).then(download, tell)}
              >
                Export
              </button>
              <AskedTwice
                className="button-quiet-small"
                label="Delete"
                again="Delete it for good?"
                what={`“${title}”`}
                onYes={() => remove([id]).catch(tell)}
              />
            </li>
          ))}
        </ul>
      )}
      <div className="dialog-foot">
        <input
          ref={file}
          type="file"
          accept="application/json,.json"
          hidden
          onChange={(event) => {
            const [given] = event.currentTarget.files ?? [];
            event.currentTarget.value = '';
            if (given !== undefined) read(given).then(onOpen, tell);
          }}
        />
        <button type="button" className="button" onClick={() => file.current?.click()}>
          Open an exported file
        </button>
        {list !== null && list.length > 1 ? (
          <AskedTwice
            className="button"
            label="Delete all"
            again="Delete them for good?"
            onYes={() => remove(list.map(({ id }) => id)).catch(tell)}
          />
        ) : null}
      </div>
    </Dialog>
  );
}

const WHEN: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' };

/** What it does cannot be undone, so it asks once more. */
function AskedTwice({
  label,
  again,
  what = '',
  className,
  onYes,
}: {
  label: string;
  again: string;
  /** What it is about, for who hears the button alone. */
  what?: string;
  className: string;
  onYes: () => void;
}) {
  const [asked, setAsked] = useState(false);
  const words = asked ? again : label;
  return (
    <button
      type="button"
      className={className}
      aria-label={`${words} ${what}`.trim()}
      onBlur={() => setAsked(false)}
      onClick={() => {
        if (asked) onYes();
        setAsked(!asked);
      }}
    >
      {words}
    </button>
  );
}

function download(conversation: Conversation | null): void {
  if (conversation === null) return;
  const url = URL.createObjectURL(
    new Blob([JSON.stringify(conversation, null, 1)], { type: 'application/json' }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = `ocean-r1-conversation-${conversation.id}.json`;
  link.click();
  URL.revokeObjectURL(url);
}

async function read(file: File): Promise<Conversation> {
  if (file.size > MAX_IMPORT_BYTES)
    throw new Error(`“${file.name}” has ${formatBytes(file.size)}: no exported conversation is so large.`);
  let value: unknown;
  try {
    value = JSON.parse(await file.text());
  } catch (cause) {
    throw new Error(`“${file.name}” is not JSON, so it is no exported conversation.`, { cause });
  }
  return parseConversation(value);
}
