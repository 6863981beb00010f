import process from 'node:process';
import { sql } from 'drizzle-orm';
import { openDb } from '../../../src/platform/database/db.ts';
import { DomainError } from '../../../src/platform/errors.ts';
import { createLog } from '../../../src/platform/log.ts';

/** Logs faults that carry a canary in every place where personal data could be. */
const [, , url = '', canary = ''] = process.argv;
const log = createLog({ level: 'info', process: 'test' });
const open = openDb({ url, name: 'test', poolSize: 1, acquireTimeoutMs: 1000, callTimeoutMs: 5000, prepare: false });
const failures = [
  () => open.db.execute(sql`select ${canary}::text::int`),
  () => open.db.execute(sql`select ${`several\nlines\n${canary}`}::text::int`),
  () => open.db.execute(sql`select ${canary}::text, no_such_column from orders`),
  () => open.db.execute(sql`insert into limit_counters values (${canary}, 'b', -1)`),
  () =>
    open.db.transaction(async (tx) => {
      await tx.execute(sql`insert into limit_counters values (${canary}, 'b', 1)`);
      await tx.execute(sql`insert into limit_counters values (${canary}, 'b', 1)`);
    }),
  () => Promise.reject(new DomainError('order.not_found', 'No such order.', { details: { email: canary } })),
];
for (const fail of failures)
  await fail().then(
    () => log.error('did not fail'),
    (error: unknown) => log.error({ err: error }, 'failed'),
  );
log.info(
  { email: canary, buyer: { name: canary }, request: { body: canary, phone: canary, token: canary }, orderId: 'ord_1' },
  'line',
);
await open.close();
log.flush();
