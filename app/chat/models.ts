import type { ChatModel } from '@/lib/chat/conversation';
import type { Endpoint } from '@/lib/chat/endpoint';
import type { Manifest } from '@/lib/vlm/manifest';
import type { BoxLook } from '../ui/boxes';

/** A model to choose, with what choosing it costs. */
export type Choice =
  | { where: 'browser'; model: ChatModel; modelId: string; bytes: number }
  | { where: 'server'; model: ChatModel; endpoint: Endpoint };

const STAGE_WORDS = {
  base: {
    label: 'Base',
    trained: 'Learnt from worked solutions, with the habit to answer at a glance.',
  },
  stage1: {
    label: 'Stage 1',
    trained: 'The base, then rewarded for right answers in geometry, mathematics and hard counting.',
  },
  stage2: {
    label: 'Stage 2',
    trained: 'Stage 1, then rewarded for counting, pointing and positions.',
  },
} as const;

/** What the models were trained by; of one that was trained here, the training says it. */
export const trainedWords = ({ stage, checkpoint }: ChatModel): string =>
  checkpoint.startsWith('job-') ? 'Trained on this site.' : stage === null ? '' : STAGE_WORDS[stage].trained;

/** Of what our own small model was taught something is known. */
export const isNano = ({ id }: Pick<ChatModel, 'id'>): boolean => id.startsWith('browser:nano-');

export const browserChoices = ({ models }: Manifest): Choice[] =>
  models.map(({ id, label, stage, files }) => ({
    where: 'browser',
    modelId: id,
    // Nano's are called by their stage, as they stand side by side; what was trained here, by its name.
    model: {
      id: `browser:${id}`,
      label: isNano({ id: `browser:${id}` }) ? STAGE_WORDS[stage].label : label,
      stage,
      checkpoint: id,
    },
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  }));

export const serverChoice = (endpoint: Endpoint): Choice => ({
  where: 'server',
  endpoint,
  model: {
    id: `server:${endpoint.id}`,
    label: endpoint.label,
    stage: endpoint.stage,
    checkpoint: endpoint.checkpoint || endpoint.label,
  },
});

const LOOKS: readonly BoxLook[] = ['first', 'second', 'third', 'fourth'];

/** The line of a column, on the picture and beside its name. */
export const lookOf = (column: number): BoxLook => LOOKS[column % LOOKS.length] ?? 'first';
