#!/usr/bin/env node
// Starts the bundled command (dist/ocean.cjs; a fresh clone bundles it here). It lives for a fraction of a second, of which V8 would
// spend a good part on compiling, so what was compiled in one call is kept beside the bundle for the next one.
import { createRequire } from 'node:module';

// An import of node:fs would load all that it can give, streams and promises too, before anything is asked of it.
const require = createRequire(import.meta.url);
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const v8 = require('node:v8');
const vm = require('node:vm');

const args = process.argv.slice(2);
const HASH_BYTES = 32;
const { basename, join, relative } = require('node:path');
const dist = join(require('node:url').fileURLToPath(import.meta.url), '../../dist/');
const bundle = `${dist}ocean.cjs`;
if (!existsSync(bundle)) await import('../scripts/bundle.mjs');
process.env.OCEAN_NAME ??= calledAs(process.argv[1]);
optimiseLater();

const source = readFileSync(bundle, 'latin1');
const kept = compiledPath();
const cachedData = readCompiled();
const script = new vm.Script(`(function(exports, require, module, __filename) {${source}\n})`, {
  filename: bundle,
  ...(cachedData !== undefined && { cachedData }),
});
const module = { exports: {} };
script.runInThisContext()(module.exports, require, module, bundle);
await module.exports.main(args);
if (process.exitCode === undefined && (cachedData === undefined || script.cachedDataRejected)) keepCompiled();

/** Installed, its name; in a clone the call of this file. (./ocean says itself what it is called.) */
function calledAs(path) {
  const here = relative('', path);
  return basename(path) === 'bin.mjs' && /^[\w./-]+$/.test(here) ? `node ${here}` : 'ocean';
}

/**
 * V8 optimises a function after so many calls, on a second thread; in a life this short that costs as much time of a processor
 * as all the rest, and hardly helps. Later than usual, not never: 100,000 rows take as long as before.
 */
function optimiseLater() {
  const [major] = process.versions.node.split('.').map(Number);
  // These flags are V8's own, by version; one that it does not know would be told on the terminal.
  if (major === 20) v8.setFlagsFromString('--interrupt-budget=500000');
  else if (major >= 22 && major <= 26) v8.setFlagsFromString('--invocation-count-for-turbofan=20000');
}

/** One file for each text of the bundle, Node, command, and benchmark where one is named: each needs other functions. */
function compiledPath() {
  const text = source.slice(3, source.indexOf('\n'));
  const wish = [args[0], args[args.indexOf('--benchmark') + 1], args.includes('--help') ? 'help' : ''];
  const words = new Set(wish.filter((word) => /^[a-z][a-z\d-]*$/.test(word)));
  return `${dist}compiled/${[text, process.version, process.arch, ...words].join('-')}`;
}

/** V8 refuses what is of another version and believes the rest: its hash, which stands before it, says whether it is whole. */
function readCompiled() {
  if (!existsSync(kept)) return undefined;
  const file = readFileSync(kept);
  const compiled = file.subarray(HASH_BYTES);
  return hash(compiled).equals(file.subarray(0, HASH_BYTES)) ? compiled : undefined;
}

function hash(bytes) {
  return require('node:crypto').createHash('sha256').update(bytes).digest();
}

/** Renamed into place: a reader never sees half of it. */
function keepCompiled() {
  const temporary = `${kept}.${process.pid}`;
  const compiled = script.createCachedData();
  try {
    mkdirSync(`${dist}compiled`, { recursive: true });
    writeFileSync(temporary, Buffer.concat([hash(compiled), compiled]));
    renameSync(temporary, kept);
  } catch (error) {
    // Installed where this user may not write, or no room: the next call compiles again.
    if (error.syscall === undefined) throw error;
  }
}
