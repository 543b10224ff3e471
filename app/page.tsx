export { default } from './leaderboard/page';
