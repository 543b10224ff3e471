export { endpoints } from './models';
export { reply } from './reply';
