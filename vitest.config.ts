import { existsSync } from 'node:fs';
import { configDefaults, defineConfig } from 'vitest/config';

/** A test that cannot run must not count as one that passed: it is left out, and that is said. */
const browserTests = ['test/web/browser.test.ts', 'test/web/queue-browser.test.ts'];
const hasBrowser = existsSync('/usr/bin/chromium');
if (!hasBrowser)
  console.warn(`${browserTests.join(' and ')} are left out: they need /usr/bin/chromium (apt-get install chromium)`);

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(hasBrowser ? [] : browserTests)],
    globalSetup: ['test/support/setup/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    teardownTimeout: 20_000,
  },
});
