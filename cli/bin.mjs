#!/usr/bin/env node
// The command is bundled to one file (dist/ocean.mjs) so that it starts in a tenth of a second; a fresh clone bundles it here.
import { existsSync } from 'node:fs';

const bundle = new URL('../dist/ocean.mjs', import.meta.url);
if (!existsSync(bundle)) await import('../scripts/bundle.mjs');
await import(bundle.href);
