export { endpoints } from './models';
export { reply } from './reply';
export { createShare, getShare, getSharedPicture, revokeShare } from './share';
