import { compareWithSandbox } from '../testkit/payments/compare-with-sandbox.ts';
import { invariants } from '../src/invariants.ts';
import { adviceOn } from '../src/platform/database/db-errors.ts';
import { openDb } from '../src/platform/database/db.ts';
import { databaseAndSandbox } from './running-stack.ts';
import { takeNoArguments } from '../deploy/local/no-arguments.ts';

/**
 * `npm run audit`: checks every invariant on the live database, and compares our ledger with what the sandbox says was
 * captured and refunded. Prints one line for each, names violations, and fails if there are any. `DATABASE_URL` and
 * `SANDBOX_URL` choose another database and journal. Without a journal the comparison is skipped.
 */
async function main(): Promise<void> {
  takeNoArguments('audit', 'Checks every invariant. DATABASE_URL and SANDBOX_URL choose another database and journal.');
  const stack = databaseAndSandbox(process.env);
  const { db, close } = openDb({
    url: stack.databaseUrl,
    name: 'audit',
    poolSize: 2,
    acquireTimeoutMs: 5000,
    callTimeoutMs: 120_000,
    prepare: false,
  });
  let broken = 0;
  const tell = (name: string, promise: string, violations: readonly string[]) => {
    if (violations.length > 0) broken += 1;
    process.stdout.write(`${violations.length === 0 ? 'holds ' : 'BROKEN'}  ${name.padEnd(44)} ${promise}\n`);
    for (const violation of violations) process.stdout.write(`          - ${violation}\n`);
  };
  try {
    for (const invariant of invariants) tell(invariant.name, invariant.promise, await invariant.find(db));
    if (stack.sandboxUrl === undefined)
      process.stdout.write('skipped  the journal of the sandbox: SANDBOX_URL is not set\n');
    else
      tell(
        'payments.journal_of_the_sandbox',
        'Our ledger and the gateway agree on every capture and refund.',
        await compareWithSandbox(db, stack.sandboxUrl),
      );
  } finally {
    await close();
  }
  process.stdout.write(broken === 0 ? '\nThe audit is clean.\n' : `\n${broken} broken; see above.\n`);
  process.exitCode = broken === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(
    `The audit could not run: ${adviceOn(error) ?? (error instanceof Error ? error.message : String(error))}\n`,
  );
  process.exitCode = 2;
});
