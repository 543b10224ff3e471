import { defineConfig } from 'vitest/config';
import base from '../../vitest.config';

/** `npm run check:data`: what is read and decided of real files, which are not ours to commit. They lie in ../shared/data. */
export default defineConfig({ ...base, test: { ...base.test, include: ['bench/data/*.test.ts'] } });
