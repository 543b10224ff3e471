export { stopFollowing, type Topic, tidyEvents, topic } from './topic';
