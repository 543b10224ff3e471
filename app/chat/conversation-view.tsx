'use client';

import Link from 'next/link';
import { type ReactNode, useRef, useState } from 'react';
import type { ChatPicture, Conversation, Turn } from '@/lib/chat/conversation';
import { pictureAt, shownTurns } from '@/lib/chat/turns';
import { splitOf } from '@/lib/world/scene';
import type { Activity } from './chat-session';
import { lookOf } from './models';
import type { Measured } from './notice';
import { PictureToCome, PictureView } from './picture-view';
import { LineKey } from './reply-view';
import { boxesOf, columnModels, type Pointed, type TurnActions, TurnView } from './turn-view';

/** A picture with the turns that are about it; both null and none can be. */
interface Group {
  place: number;
  picture: ChatPicture | null;
  turns: Turn[];
}

const IDLE: ReadonlyMap<string, Activity> = new Map();

/** The branch of a conversation that is shown, picture by picture. */
export function ConversationView({
  conversation,
  activity = IDLE,
  actions = null,
  measured,
  draft = null,
  beside,
}: {
  conversation: Conversation;
  activity?: ReadonlyMap<string, Activity>;
  /** Null where it is only read. */
  actions?: TurnActions | null;
  measured: Measured;
  /** What the next question is about, where that is another picture than the last one's, and what stands beside it. */
  draft?: { picture: ChatPicture | null; view: ReactNode } | null;
  /** Stands below the last picture. */
  beside?: ReactNode;
}) {
  const groups = groupsOf(conversation);
  if (draft !== null) groups.push({ place: groups.length, picture: draft.picture, turns: [] });
  return groups.map(({ place, picture, turns }) => (
    <GroupView
      // A draft keeps its place when it is asked about, and its picture does not blink.
      key={place}
      conversation={conversation}
      picture={picture}
      turns={turns}
      activity={activity}
      actions={actions}
      measured={measured}
      beside={place === groups.length - 1 ? beside : null}
    >
      {turns.length === 0 ? draft?.view : null}
    </GroupView>
  ));
}

function groupsOf(conversation: Conversation): Group[] {
  const groups: Group[] = [];
  for (const turn of shownTurns(conversation)) {
    const picture = pictureAt(conversation, turn.id);
    const last = groups.at(-1);
    if (last !== undefined && last.picture?.id === picture?.id) last.turns.push(turn);
    else groups.push({ place: groups.length, picture, turns: [turn] });
  }
  return groups;
}

function GroupView({
  conversation,
  picture,
  turns,
  activity,
  actions,
  measured,
  beside,
  children,
}: {
  conversation: Conversation;
  picture: ChatPicture | null;
  turns: readonly Turn[];
  activity: ReadonlyMap<string, Activity>;
  actions: TurnActions | null;
  measured: Measured;
  beside: ReactNode;
  children: ReactNode;
}) {
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const shown = turns.find(({ id }) => id === pointed?.turnId) ?? turns.at(-1);
  const models = shown === undefined ? [] : columnModels(conversation, shown);
  const boxes = shown === undefined || picture === null ? [] : boxesOf(shown, models, picture, pointed);
  const side = useRef<HTMLDivElement>(null);
  const point = (next: Pointed | null, chosen = false) => {
    setPointed(next);
    // On a small screen the picture may have been left above.
    if (chosen) side.current?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <div className="chat-group">
      <div ref={side} className="chat-side">
        {picture === null && turns.length === 0 ? <PictureToCome /> : null}
        {picture === null ? null : (
          <PictureView picture={picture} boxes={boxes}>
            {boxes.length === 0 ? null : (
              <span className="chat-legend">
                {models.map(({ id, label }, column) => (
                  <span key={id}>
                    <LineKey look={lookOf(column)} />
                    {label}
                  </span>
                ))}
                {boxes.some(({ look }) => look === 'gold') ? (
                  <span>
                    <LineKey look="gold" />
                    true
                  </span>
                ) : null}
              </span>
            )}
            <Origin picture={picture} />
          </PictureView>
        )}
        {beside}
      </div>
      <div className="chat-turns">
        {turns.map((turn) => (
          <TurnView
            key={turn.id}
            turn={turn}
            conversation={conversation}
            activity={activity}
            actions={actions}
            measured={measured}
            onPoint={picture === null ? null : point}
          />
        ))}
        {children}
      </div>
    </div>
  );
}

/** Where a picture is from, and what the small models make of it. */
function Origin({ picture: { scene, width, height } }: { picture: ChatPicture }) {
  if (scene === null)
    return (
      <span>
        A visitor’s own picture, {width} × {height} pixels.
      </span>
    );
  const { task, seed, size } = scene;
  const query = new URLSearchParams({ task, seed: String(seed), size: String(size) });
  return (
    <span>
      A scene of{' '}
      <Link href={`/world?${query}`} prefetch={false}>
        Ocean World
      </Link>
      {splitOf(seed) === 'train' ? '' : ' that no training showed'}: {task}. Models are given its {size} ×{' '}
      {size} pixels; one that makes the picture smaller names places in its own pixels.
    </span>
  );
}
