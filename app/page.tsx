export { default, metadata } from './leaderboard/page';
