import { afterAll, beforeAll, expect, test } from 'vitest';
import { placementPerTransaction } from '../../loadtest/bench/controls/placement-per-transaction.ts';
import { checkInvariants } from '../../src/invariants.ts';
import { createLog } from '../../src/platform/log.ts';
import { type TestDatabase, createTestDatabase } from '../../testkit/services/database.ts';
import { createEvent } from '../../testkit/factories.ts';
import { openTestDb, order, placingDeps } from '../../testkit/orders/placing.ts';

/** Guards that the control of the order benches keeps the product's rules: an audit that it fails would void every figure. */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

test('orders that the control places pass the audit', async () => {
  const open = openTestDb(database.url, 2);
  const event = await createEvent(open.db, { event: { ticketsPerBuyerMax: 4 }, categories: [{ capacity: 10 }] });
  const placement = placementPerTransaction(open.db, 200);
  for (let n = 0; n < 3; n += 1) await order({ ...placingDeps(open), placement }, event);
  const found = await checkInvariants({ db: open.db, log: createLog({ level: 'silent', process: 'test' }) });
  expect(found.flatMap(({ violations }) => violations)).toEqual([]);
  await open.close();
});
