export { browserModels } from './browser-models';
export {
  type ChosenCheckpoint,
  chooseCheckpoint,
  chosenCheckpoint,
  listModels,
  removeUnusedCheckpoint,
} from './choose';
export { type Checkpoint, describeModel, type Model } from './describe';
export { NANO, NANO_CHECKPOINTS } from './nano';
