import { defineConfig } from 'vitest/config';

/** The tests of the repository itself: they read files, and need none of the services that the other tests start. */
export default defineConfig({ test: { include: ['test/tidy.test.ts', 'test/tiers.test.ts'] } });
