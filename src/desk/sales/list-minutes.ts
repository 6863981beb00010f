import { and, asc, eq, gte, lt } from 'drizzle-orm';
import type { Actor } from '../../access/index.ts';
import { ownEvent } from '../../orders/index.ts';
import type { Db } from '../../platform/database/db.ts';
import { contractMoney } from '../../platform/text/money.ts';
import { saleMinutes } from '../tables.ts';

export const minutesMax = 1500;

/**
 * What an event sold in each minute in which something happened, oldest first; at most `minutesMax` of them.
 * @throws DomainError event.not_found
 */
export async function listSaleMinutes(
  deps: { readonly db: Db },
  actor: Actor,
  { eventId, from, to }: { eventId: string; from?: string | undefined; to?: string | undefined },
) {
  const event = await ownEvent(deps.db, actor, eventId);
  const rows = await deps.db
    .select()
    .from(saleMinutes)
    .where(
      and(
        eq(saleMinutes.eventId, event.id),
        from === undefined ? undefined : gte(saleMinutes.minute, new Date(from)),
        to === undefined ? undefined : lt(saleMinutes.minute, new Date(to)),
      ),
    )
    .orderBy(asc(saleMinutes.minute))
    .limit(minutesMax + 1);
  return {
    data: rows.slice(0, minutesMax).map((row) => ({
      at: row.minute.toISOString(),
      orders: row.orders,
      tickets: row.tickets,
      paidOrders: row.paidOrders,
      paidTickets: row.paidTickets,
      paidAmount: contractMoney(row.paidAmount, event.currency),
      available: row.available,
      held: row.held,
      sold: row.sold,
      admitted: row.admitted,
      waiting: row.waiting,
    })),
    isComplete: rows.length <= minutesMax,
  };
}
