import { afterAll } from 'vitest';
import { openTestDb, placingDeps } from '../../../testkit/orders/placing.ts';
import { createTestDatabase } from '../../../testkit/services/database.ts';

/** A database for all tests of a file. Each test opens its own desk on it. */
export async function useOrderDatabase() {
  const database = await createTestDatabase();
  const open = openTestDb(database.url);
  afterAll(async () => {
    await open.close();
    await database.close();
  });
  return { open, deps: placingDeps(open) };
}
