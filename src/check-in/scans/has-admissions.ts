import type { Db } from '../../platform/database/db.ts';
import { findAdmittedTicket } from './queries.ts';

/** Whether a ticket of the order has been used at the door, which ends the buyer's right to cancel. */
export async function hasAdmissions(db: Db, eventId: string, orderId: string): Promise<boolean> {
  return (await findAdmittedTicket(db, eventId, orderId)) !== undefined;
}
