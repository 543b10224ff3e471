export { type AnnotationSource, BenchmarkDataError, readSource } from './annotation-source';
export { type Identified, identify } from './identify';
export { imagePath } from './images';
export {
  ensureInstalled,
  generateAll,
  type InstalledData,
  install,
  installed,
  installedSplit,
  readInstalled,
} from './store';
