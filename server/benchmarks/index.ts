export { type AnnotationSource, readSource } from './annotation-source';
export type { DownloadProgress } from './download';
export { type Identified, identify } from './identify';
export { imagePath } from './images';
export { beginInstall, type Installing, installing } from './installing';
export { BenchmarkDataError } from './source-error';
export {
  downloadsDir,
  ensureInstalled,
  generateAll,
  type InstalledData,
  install,
  installed,
  installedSplit,
  readInstalled,
} from './store';
