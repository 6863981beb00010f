import { asc, eq } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';
import { ledgerEntries } from '../tables.ts';

/** Every movement of money at a gateway that the ledger knows. */
export async function findGatewayEntries(db: Db): Promise<{ attemptId: string; amount: number; currency: string }[]> {
  return db
    .select({ attemptId: ledgerEntries.attemptId, amount: ledgerEntries.amount, currency: ledgerEntries.currency })
    .from(ledgerEntries)
    .where(eq(ledgerEntries.account, 'gateway'))
    .orderBy(asc(ledgerEntries.postedAt));
}
