import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const tscDeadlineMs = 60_000;

/** Guards that a load run does not fail on a misspelt name after ten minutes: k6 strips types and checks none of them. */
it('the load scripts are typed, by the types of k6', { timeout: tscDeadlineMs }, async () => {
  const checked = promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'loadtest/k6'], {
    timeout: tscDeadlineMs,
  });
  const faults = await checked.then(
    () => '',
    (error: unknown) => String(typeof error === 'object' && error !== null && Reflect.get(error, 'stdout')),
  );
  expect(faults).toBe('');
});
