export {
  blobPath,
  findBlob,
  removeUnusedBlob,
  type StoredBlob,
  storeBlob,
  tidyBlobs,
  UploadRefused,
} from './store';
