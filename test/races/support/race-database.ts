import type { OpenDb } from '../../../src/platform/database/db.ts';
import { createTestDatabase } from '../../../testkit/services/database.ts';
import { openTestDb } from '../../../testkit/orders/placing.ts';

export type RaceDatabase = { readonly url: string; readonly directUrl: string; readonly db: OpenDb['db'] };

/** A control shows that a fault can happen. On a busy machine the racers may miss each other, so it is tried again. */
export const asControl = { retry: 2 } as const;

/** A database of its own for one race or its control, with a small pool to prepare and to look. */
export async function inDatabase(act: (database: RaceDatabase) => Promise<void>): Promise<void> {
  const database = await createTestDatabase();
  const open = openTestDb(database.url, 4);
  try {
    await act({ url: database.url, directUrl: database.directUrl, db: open.db });
  } finally {
    await open.close();
    await database.close();
  }
}
