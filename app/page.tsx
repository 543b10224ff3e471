export { default, metadata } from './home/home-page';
