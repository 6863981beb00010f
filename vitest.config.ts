import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';
import { changing, drills, stacks, unitTests } from './test/tiers.ts';

/** The tiers of `test/tiers.ts`, one after the other. What needs no service starts none. */
export default defineConfig({
  test: {
    pool: 'forks',
    // Loading the product again for each file would cost a third of the processor time of a run.
    isolate: false,
    // Node loads the sources as it does outside of tests. With Vite's loader each use of an imported name calls a function.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    // With room for young objects, which a file makes many of and soon forgets, collecting them costs a twentieth less.
    execArgv: [
      `--import=${new URL('deploy/local/source-imports.mjs', import.meta.url).href}`,
      '--max-semi-space-size=64',
    ],
    // For a test that hangs. A busy machine needs ten times what a quiet one does, so no test measures by it.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 20_000,
    // Of a second by default, which is a guess at how quick the machine is.
    expect: { poll: { timeout: 10_000 } },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: unitTests, maxWorkers: 2, sequence: { groupOrder: 0 } },
      },
      // Before the others that have services, whose set-up takes what is built for these.
      {
        extends: true,
        test: {
          name: 'drills',
          include: drills,
          globalSetup: ['testkit/setup/global-setup.ts'],
          setupFiles: ['testkit/setup/worker.ts'],
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: [...unitTests, ...drills, ...stacks, ...changing],
          globalSetup: ['testkit/setup/global-setup.ts'],
          setupFiles: ['testkit/setup/worker.ts'],
          // They wait for their servers a third of the time.
          maxWorkers: 4,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'changing',
          include: changing,
          globalSetup: ['testkit/setup/global-setup.ts'],
          isolate: true,
          maxWorkers: 4,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: { name: 'stacks', include: stacks, maxWorkers: 1, sequence: { groupOrder: 3 } },
      },
    ],
  },
});
