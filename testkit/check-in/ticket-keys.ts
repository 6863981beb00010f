import { type TicketKeys, createTicketKeys } from '../../src/orders/index.ts';
import type { Db } from '../../src/platform/database/db.ts';
import { ownInvalidations } from '../../src/platform/invalidation/invalidations.ts';

export const testEncryptionKey = 'c3'.repeat(32);

/** The keys that sign ticket codes, as a test's database has them. */
export const testTicketKeys = (db: Db): TicketKeys =>
  createTicketKeys({ db, encryptionKey: testEncryptionKey, invalidations: ownInvalidations() });
