'use client';

import { useSearchParams } from 'next/navigation';
import {
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { ChatPicture, Conversation, SceneRef, Turn } from '@/lib/chat/conversation';
import type { Endpoint } from '@/lib/chat/endpoint';
import { LIMITS } from '@/lib/chat/limits';
import { promptFor } from '@/lib/chat/messages';
import type { Suggestion } from '@/lib/chat/scene-questions';
import { branchAt, branchTitle, newConversation, pictureAt, shownTurns, showTurn } from '@/lib/chat/turns';
import { createVlm } from '@/lib/vlm/client';
import type { Manifest } from '@/lib/vlm/manifest';
import type { EngineFacts } from '@/lib/vlm/types';
import { TASKS, type Task } from '@/lib/world/question';
import { SEED_LIMIT } from '@/lib/world/random';
import { SEEDS_PER_SPLIT, seedIn, WORLD_VERSION } from '@/lib/world/scene';
import { anyTask, EXACT_SIDE, Scenes, SOLID_TASKS } from '../scenes/scenes';
import { Dialog } from '../ui/dialog';
import { formatBytes } from '../ui/format';
import { PageHeader } from '../ui/page-header';
import { loadPart, PartMissing, usePart } from '../ui/part';
import { browserSource } from './browser-source';
import { CameraDialog } from './camera-dialog';
import { ChatSession } from './chat-session';
import { Composer } from './composer';
import { loadConversation, loadSchema, saveConversation } from './conversation-store';
import { ConversationView } from './conversation-view';
import { ConversationsDialog } from './conversations-dialog';
import { DraftView } from './draft-view';
import type { FirstScene } from './first-scenes';
import { Gallery } from './gallery';
import { LiveRegion } from './live-region';
import { browserChoices, type Choice, isNano, serverChoice } from './models';
import { type Kept, ModelsDialog } from './models-dialog';
import { newId } from './new-id';
import type { Measured } from './notice';
import { keepForOffline } from './offline';
import { PictureControls } from './picture-controls';
import { DecodedPictures, pictureOfFile, pictureOfScene } from './pictures';
import type { ReplySource } from './reply-source';
import type { TurnActions } from './turn-view';
import { usePicturesIn } from './use-pictures-in';

const loadShareDialog = () => import('./share-dialog');

type Open = 'conversations' | 'models' | 'camera' | 'share' | null;

const SELECTED = 'ocean-r1-chat-models';
const WRITTEN = 'ocean-r1-chat-written';
const STRANGERS: readonly Suggestion[] = [
  'Describe the image.',
  'How many objects are there?',
  'What is written in the picture?',
].map((question) => ({ question, promptId: 'seed-think', truth: null }));

/** The page at work: one conversation, the picture that the next question is about, and who answers. */
export function ChatScreen({
  manifest,
  endpoints,
  measured,
  first,
  children,
}: {
  manifest: Manifest;
  endpoints: readonly Endpoint[];
  measured: Measured;
  first: readonly FirstScene[];
  /** Stands below the scenes to begin with. */
  children: ReactNode;
}) {
  const choices = useMemo(
    () => [...browserChoices(manifest), ...endpoints.map(serverChoice)],
    [manifest, endpoints],
  );
  const [engine, setEngine] = useState<EngineFacts | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [parts] = useState(() => makeParts(choices, setEngine, setProblem));
  const { session, scenes, vlm } = parts;
  const state = useSyncExternalStore(session.subscribe, session.state, session.state);
  const { conversation, activity, tally } = state;
  const running = activity.size > 0;

  const [selected, setSelected] = useSelected(choices);
  const models = choices.filter(({ model }) => selected.includes(model.id)).map(({ model }) => model);
  const [kept, refreshKept] = useKept(parts);
  const [open, setOpen] = useState<Open>(null);
  const [text, setText] = useText();
  /** A picture that no question was asked about yet. */
  const [fresh, setFresh] = useState<ChatPicture | null>(null);
  const [busy, setBusy] = useState(true);
  const [pictureProblem, setPictureProblem] = useState<string | null>(null);

  const asked = conversation.currentId === null ? null : pictureAt(conversation, conversation.currentId);
  const picture = fresh ?? asked;
  const suggestions = useSuggestions(scenes, picture);
  const questions = shownTurns(conversation).map(({ question }) => question);
  const left = suggestions.filter(({ question }) => !questions.includes(question));
  const drafting = fresh !== null || conversation.turns.length === 0;

  useEffect(() => {
    if (!running) refreshKept();
  }, [running, refreshKept]);

  const idle = conversation.turns.length > 0 && !running;
  useEffect(() => {
    // What is not kept now is kept the next time.
    if (idle)
      Promise.all([scenes.fetchAll(), loadSchema()])
        .then(([ofWorker]) => keepForOffline(ofWorker))
        .catch(() => {});
  }, [idle, scenes]);

  /** What comes next is brought into sight. */
  const page = useRef<HTMLDivElement>(null);
  const comes = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when another turn or another picture stands there
  useEffect(() => {
    if (!comes.current) return;
    comes.current = false;
    const turns = page.current?.querySelectorAll('.chat-turn');
    const last = turns?.[turns.length - 1];
    last?.scrollIntoView({ block: (turns?.length ?? 0) > 1 ? 'start' : 'nearest' });
    // The button that asked is gone with its draft: the focus stays in its place.
    if (document.activeElement === document.body)
      last?.querySelector<HTMLElement>('.chat-question')?.focus({ preventScroll: true });
  }, [conversation.currentId, fresh]);

  const show = useCallback(
    (next: Conversation) => {
      session.open(next);
      setFresh(null);
      setOpen(null);
      setPictureProblem(null);
      rememberInAddress(next);
    },
    [session],
  );

  /** What the visitor did last: a picture that comes late is not put over it. */
  const doing = useRef(0);
  const settle = () => {
    doing.current += 1;
    setBusy(false);
  };

  const roll = useCallback(
    async (task: Task, seed = seedIn('test', Math.floor(Math.random() * SEEDS_PER_SPLIT))) => {
      doing.current += 1;
      const mine = doing.current;
      setBusy(true);
      setPictureProblem(null);
      const scene: SceneRef = { task, seed, size: EXACT_SIDE, version: WORLD_VERSION };
      try {
        const rolled = await pictureOfScene(scene, await scenes.roll(scene));
        if (mine !== doing.current) return;
        // Another scene is another conversation: the models are not told of this one in the next.
        if (session.state().conversation.turns.length > 0) show(newConversation(newId(), new Date()));
        setFresh(rolled);
      } catch (reason) {
        setPictureProblem(sentenceOf(reason));
      } finally {
        if (mine === doing.current) setBusy(false);
      }
    },
    [scenes, session, show],
  );

  const bring = useCallback(async (file: File) => {
    setOpen(null);
    doing.current += 1;
    const mine = doing.current;
    setBusy(true);
    setPictureProblem(null);
    try {
      const brought = await pictureOfFile(file);
      if (mine !== doing.current) return;
      comes.current = true;
      setFresh(brought);
    } catch (reason) {
      setPictureProblem(sentenceOf(reason));
    } finally {
      if (mine === doing.current) setBusy(false);
    }
  }, []);
  const dragged = usePicturesIn(bring);

  // What the address names: a conversation that is kept here, or a scene; else any scene.
  const started = useRef(false);
  useEffect(() => {
    if (started.current) return;
    started.current = true;
    const params = new URLSearchParams(window.location.search);
    const begin = async () => {
      const id = params.get('c');
      const stored = id === null ? null : await loadConversation(id);
      if (stored !== null) {
        show(stored);
        setBusy(false);
        return;
      }
      if (id !== null) setProblem('This conversation is not kept in this browser: a new one begins here.');
      const task = TASKS.find((each) => each === params.get('task')) ?? anyTask(SOLID_TASKS);
      const seed = Number(params.get('seed') ?? Number.NaN);
      await roll(task, Number.isInteger(seed) && seed >= 0 && seed < SEED_LIMIT ? seed : undefined);
    };
    begin().catch((reason: unknown) => {
      setProblem(sentenceOf(reason));
      return roll(anyTask());
    });
  }, [roll, show]);

  // The site's own link to this page leaves the conversation where it is, and so its address.
  const params = useSearchParams();
  useEffect(() => {
    const { conversation } = session.state();
    if (!params.has('c') && conversation.turns.length > 0) rememberInAddress(conversation);
  }, [params, session]);

  const put = (asking: Suggestion) => {
    const refusal = session.ask({
      ...asking,
      parentId: conversation.currentId,
      picture: fresh,
      models,
    });
    setProblem(refusal);
    if (refusal !== null) return;
    settle();
    comes.current = true;
    setFresh(null);
    rememberInAddress(session.state().conversation);
  };
  const putText = (question: string) => {
    put(
      suggestions.find((each) => each.question === question) ?? {
        question,
        promptId: promptFor(question),
        truth: null,
      },
    );
    setText('');
  };

  const actions: TurnActions = {
    stop: (replyId) => session.stop(replyId),
    retry: (turnId, model, sampling) => session.retry(turnId, model, sampling),
    edit: (turn: Turn, question) => {
      const known =
        turn.question === question ? turn : suggestions.find((each) => each.question === question);
      const own = conversation.pictures.find(({ id }) => id === turn.pictureId) ?? null;
      setProblem(
        session.ask({
          question,
          promptId: known?.promptId ?? promptFor(question),
          truth: known?.truth ?? null,
          parentId: turn.parentId,
          picture: own,
          models,
        }),
      );
    },
    branch: (turnId) => {
      const branch = {
        ...branchAt(conversation, turnId, newId(), new Date()),
        title: branchTitle(conversation, turnId),
      };
      show(branch);
      parts.save(branch);
    },
    show: (turnId) => session.open(showTurn(conversation, turnId)),
  };

  return (
    <div ref={page} className="chat" data-dragged={dragged}>
      <PageHeader
        title="One question, three stages"
        actions={
          <>
            <button type="button" className="button" onClick={() => setOpen('conversations')}>
              Conversations
            </button>
            <button
              type="button"
              className="button"
              disabled={conversation.turns.length === 0}
              onClick={() => setOpen('share')}
            >
              Share
            </button>
            <button
              type="button"
              className="button"
              disabled={conversation.turns.length === 0}
              onClick={() => {
                const kept = picture;
                show(newConversation(newId(), new Date()));
                setFresh(kept);
              }}
            >
              New
            </button>
          </>
        }
      >
        <p>
          One small model, before and after each stage of its training, answers side by side about the same
          picture. It runs in your browser, and nothing is sent
          {endpoints.length === 0 ? '' : ' unless you choose a model behind a server'}.
        </p>
      </PageHeader>
      {problem === null ? null : (
        <p role="alert" className="chat-problem">
          {problem}
        </p>
      )}
      <ConversationView
        conversation={conversation}
        activity={activity}
        actions={actions}
        measured={measured}
        draft={
          drafting
            ? {
                picture,
                view: (
                  <>
                    <DraftView suggestion={left[0] ?? null} models={models} busy={busy} onAsk={put} />
                    <Gallery scenes={first} onOpen={roll} />
                    {children}
                  </>
                ),
              }
            : null
        }
        beside={
          <>
            <PictureControls
              busy={busy}
              problem={pictureProblem}
              onRoll={(task) => roll(task)}
              onFile={bring}
              onCamera={() => setOpen('camera')}
            />
            {picture !== null && picture.scene === null ? <Honesty models={models} /> : null}
          </>
        }
      />
      <Composer
        text={text}
        onText={setText}
        taught={models.some(isNano) && picture?.scene != null}
        suggestions={drafting ? left.slice(1) : left}
        disabled={models.length === 0}
        running={running}
        onAsk={putText}
        onSuggestion={put}
        onStop={() => session.stop()}
      >
        {choices.length === 0 ? (
          <span>
            No model is installed here, so nothing can be asked: exports belong in <code>public/models</code>.
          </span>
        ) : (
          <button type="button" className="button-quiet-small" onClick={() => setOpen('models')}>
            {models.length === 0
              ? 'Nobody is chosen to answer – choose'
              : `Answering: ${models.map(({ label }) => label).join(', ')} – change`}
          </button>
        )}
        <span>{costWords(choices, selected, kept)}</span>
        {tally.size === 0 ? null : (
          <span className="chat-tally">
            Right so far –{' '}
            {choices
              .flatMap(({ model }) => {
                const count = tally.get(model.id);
                return count === undefined ? [] : [`${model.label}: ${count.right} of ${count.of}`];
              })
              .join(', ')}
          </span>
        )}
      </Composer>
      <LiveRegion state={state} />
      {open === 'conversations' ? (
        <ConversationsDialog
          currentId={conversation.id}
          onOpen={(next) => {
            settle();
            parts.save(next);
            show(next);
          }}
          onDeleted={(id) => {
            if (id === session.state().conversation.id) {
              session.open(newConversation(newId(), new Date()));
              setFresh(picture);
              rememberInAddress(session.state().conversation);
            }
          }}
          onClose={() => setOpen(null)}
        />
      ) : null}
      {open === 'models' ? (
        <ModelsDialog
          choices={choices}
          selected={selected}
          onSelect={setSelected}
          kept={kept}
          onClear={() => vlm.clearCache().then(refreshKept, (reason) => setProblem(sentenceOf(reason)))}
          engine={engine}
          onClose={() => setOpen(null)}
        />
      ) : null}
      {open === 'camera' ? <CameraDialog onTake={bring} onClose={() => setOpen(null)} /> : null}
      {open === 'share' ? <SharePart conversation={conversation} onClose={() => setOpen(null)} /> : null}
    </div>
  );
}

/** The dialog for sharing, or why it is not there. */
function SharePart(props: { conversation: Conversation; onClose: () => void }) {
  const { part, error, retry } = usePart(loadShareDialog);
  if (part !== null) return <part.ShareDialog {...props} />;
  return (
    <Dialog title="Share this conversation" onClose={props.onClose}>
      {error === null ? <p>One moment</p> : <PartMissing error={error} retry={retry} />}
    </Dialog>
  );
}

/** What works behind the page; workers and database start where they are first needed. */
function makeParts(
  choices: readonly Choice[],
  onReady: (engine: EngineFacts) => void,
  onProblem: (sentence: string | null) => void,
) {
  const scenes = new Scenes();
  const vlm = createVlm();
  const save = (conversation: Conversation) => {
    saveConversation(conversation).catch((reason: unknown) =>
      onProblem(`This conversation cannot be kept in this browser: ${sentenceOf(reason)}`),
    );
  };
  const pictureOf = (id: string) => session.state().conversation.pictures.find((each) => each.id === id);
  const inBrowser = browserSource(vlm, new DecodedPictures(scenes), pictureOf, onReady);
  const session: ChatSession = new ChatSession(
    newConversation(newId(), new Date()),
    ({ id, label }): ReplySource => {
      const choice = choices.find(({ model }) => model.id === id);
      if (choice?.where === 'browser') return inBrowser;
      return async function* (request) {
        if (choice === undefined) throw new Error(`${label} is not offered here any more.`);
        const { serverSource } = await loadPart(() => import('./server-source'));
        yield* serverSource(choice.endpoint, pictureOf)(request);
      };
    },
    save,
  );
  return { scenes, vlm, session, save };
}

/** Ids of the models that answer; the visitor's choice is remembered. At first the stages of this browser's model. */
function useSelected(choices: readonly Choice[]): [string[], (selected: string[]) => void] {
  const known = (ids: readonly string[]) =>
    choices
      .map(({ model }) => model.id)
      .filter((id) => ids.includes(id))
      .slice(0, LIMITS.models);
  const inBrowser = known(choices.filter(({ where }) => where === 'browser').map(({ model }) => model.id));
  const first = inBrowser.length > 0 ? inBrowser : choices.slice(0, 1).map(({ model }) => model.id);
  const [selected, setSelected] = useState(first);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page has come
  useEffect(() => {
    const stored = known((localStorage.getItem(SELECTED) ?? '').split(' '));
    if (stored.length > 0) setSelected(stored);
  }, []);
  const choose = (next: string[]) => {
    localStorage.setItem(SELECTED, next.join(' '));
    setSelected(known(next));
  };
  return [selected, choose];
}

/** The question that is being written, which outlives a reload of this tab. */
function useText(): [string, (text: string) => void] {
  const [text, setText] = useState('');
  useEffect(() => setText(sessionStorage.getItem(WRITTEN) ?? ''), []);
  const write = (next: string) => {
    sessionStorage.setItem(WRITTEN, next);
    setText(next);
  };
  return [text, write];
}

/** What the browser keeps of downloaded models; null where that is not known. */
function useKept({ vlm }: ReturnType<typeof makeParts>): [Kept[] | null, () => void] {
  const [kept, setKept] = useState<Kept[] | null>(null);
  const refresh = useCallback(() => {
    vlm.cached().then(setKept, () => setKept(null));
  }, [vlm]);
  return [kept, refresh];
}

/** Questions that fit a picture; those of a scene come from the world. */
function useSuggestions(scenes: Scenes, picture: ChatPicture | null): readonly Suggestion[] {
  const [found, setFound] = useState<{ pictureId: string; suggestions: readonly Suggestion[] } | null>(null);
  useEffect(() => {
    if (picture?.scene == null) return;
    const { id, scene } = picture;
    scenes.roll(scene).then(
      ({ asked, further }) => setFound({ pictureId: id, suggestions: [asked, ...further] }),
      // A scene of an earlier world is a picture like any other.
      () => setFound({ pictureId: id, suggestions: STRANGERS }),
    );
  }, [scenes, picture]);
  if (picture === null) return [];
  if (picture.scene === null) return STRANGERS;
  return found?.pictureId === picture.id ? found.suggestions : [];
}

/** Beside a stranger's picture, where the small models are asked about it. */
function Honesty({ models }: { models: readonly { id: string }[] }) {
  if (!models.some(isNano)) return null;
  return (
    <p className="chat-honesty">
      Nano has seen nothing but the scenes of Ocean World: solids on a table, toy vehicles, figures, charts
      and tables. It will take your picture for one of them. Its answers here show what it makes of something
      new, not what a large model would say.
    </p>
  );
}

function costWords(
  choices: readonly Choice[],
  selected: readonly string[],
  kept: readonly Kept[] | null,
): string {
  const missing = choices.flatMap((choice) =>
    choice.where === 'browser' &&
    selected.includes(choice.model.id) &&
    !kept?.some(({ modelId }) => modelId === choice.modelId)
      ? [choice.bytes]
      : [],
  );
  if (missing.length === 0 || kept === null) return '';
  const bytes = formatBytes(missing.reduce((sum, each) => sum + each, 0));
  return `The first question downloads ${bytes}, and the program that runs it; both are kept.`;
}

/** A conversation has an address once something was asked. */
function rememberInAddress({ id, turns }: Conversation): void {
  window.history.replaceState(null, '', turns.length === 0 ? '/chat' : `/chat?c=${id}`);
}

const sentenceOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));
