export { answered, hashOf, type Judging, judging } from './ask';
export { type JudgeModel, JudgeRefused, TEMPERATURE } from './completion';
