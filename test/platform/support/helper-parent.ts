import { createHelpers } from '../../../src/platform/resilience/helper-processes.ts';

/** Starts a helper, tells its process id and stays, so that a test can kill it. */
const helpers = createHelpers<object, number>({
  file: process.argv[2] ?? '',
  taskMsMax: 5000,
  idleMs: 60_000,
  heapMiBMax: 32,
  priority: 'low',
});
process.send?.(await helpers.run({ act: 'pid' }));
setInterval(() => {}, 60_000);
