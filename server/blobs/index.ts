export { BLOB_KINDS, type BlobKind, sha256 } from './kinds';
export {
  blobPath,
  findBlob,
  receivedBytes,
  removeUnusedBlob,
  type StoredBlob,
  storeBlob,
  storePart,
  tidyBlobs,
} from './store';
