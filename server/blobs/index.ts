export { blobPath, findBlob, removeUnusedBlob, type StoredBlob, storeBlob, tidyBlobs } from './store';
