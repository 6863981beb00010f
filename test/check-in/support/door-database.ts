import postgres from 'postgres';
import { afterAll } from 'vitest';
import { createScanLane } from '../../../src/check-in/index.ts';
import { openDb } from '../../../src/platform/database/db.ts';
import { createTestDatabase } from '../../../testkit/services/database.ts';

/** A database for all tests of a file, a connection of its owner, and the lane of scans. */
export async function useDoorDatabase() {
  const database = await createTestDatabase();
  const sql = postgres(database.directUrl, { max: 2 });
  const timeouts = { acquireTimeoutMs: 2000, callTimeoutMs: 5000 };
  const open = openDb({ url: database.url, name: 'door', poolSize: 4, ...timeouts, prepare: false });
  afterAll(async () => {
    await open.close();
    await sql.end();
    await database.close();
  });
  return { sql, open, scans: createScanLane({ db: open.db, flushesMax: 4 }) };
}
