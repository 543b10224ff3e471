import { takeLock } from './lock';

// For tests: takes the lock named in its first argument, says so, and holds it until it is ended.
const [, , path = ''] = process.argv;
takeLock(path, 'The folder of this test');
console.log('locked');
setInterval(() => {}, 1_000);
