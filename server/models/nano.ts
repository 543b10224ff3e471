import type { Checkpoint, Model } from './describe';

/** Our own small model, which lies in the repository: its stages, as checkpoints like any other. */
export const NANO: Model = {
  slug: 'ocean-r1-nano',
  name: 'Ocean-R1 Nano',
  family: 'Ocean-R1',
  parametersB: 0.00261,
  openWeights: true,
  link: null,
};

export const NANO_CHECKPOINTS: readonly Checkpoint[] = [
  { id: 'ocean-r1-nano-stage-0', stage: 'base', parentId: null, browserModel: 'nano-base' },
  {
    id: 'ocean-r1-nano-stage-1',
    stage: 'stage1',
    parentId: 'ocean-r1-nano-stage-0',
    browserModel: 'nano-stage1',
  },
  {
    id: 'ocean-r1-nano-stage-2',
    stage: 'stage2',
    parentId: 'ocean-r1-nano-stage-1',
    browserModel: 'nano-stage2',
  },
];
