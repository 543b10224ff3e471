#!/usr/bin/env node
// The command is bundled to one file (dist/ocean.mjs) so that it starts in a tenth of a second; a fresh clone bundles it here.
import { existsSync } from 'node:fs';
import module from 'node:module';

const bundle = new URL('../dist/ocean.mjs', import.meta.url);
if (!existsSync(bundle)) await import('../scripts/bundle.mjs');
// Node 22 keeps what it compiled of the file for the next call.
module.enableCompileCache?.();
await import(bundle.href);
