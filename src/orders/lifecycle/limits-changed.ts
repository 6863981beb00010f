import type { Db } from '../../platform/database/db.ts';
import { callRecountBuyers } from './queries.ts';

/** After a limit per buyer was set, changed or lifted, in the same transaction: what buyers have is counted anew. */
export async function limitsChanged(tx: Db, eventId: string): Promise<void> {
  await callRecountBuyers(tx, eventId);
}
