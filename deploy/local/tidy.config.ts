import { defineConfig } from 'vitest/config';

/** The tidy test alone: it reads files, and needs none of the services that the other tests start. */
export default defineConfig({ test: { include: ['test/tidy.test.ts'] } });
