export { browserModels, publishedFile } from './browser-models';
export {
  type ChosenCheckpoint,
  chooseCheckpoint,
  chosenCheckpoint,
  listModels,
  removeUnusedCheckpoint,
  slugOf,
} from './choose';
export { correctModel, isOurs, type ModelCorrection, modelCorrection } from './correct';
export { type Checkpoint, describeModel, type Model } from './describe';
export { checkpointFolder, type FolderFile, type StartableCheckpoint, startableCheckpoints } from './files';
export { NANO, NANO_CHECKPOINTS } from './nano';
export { type LineCheckpoint, type ModelPage, type ModelRow, modelPage, modelRows } from './read-models';
