import { type AnyColumn, and, asc, eq, getTableColumns, gte, lt, sql } from 'drizzle-orm';
import type { Actor } from '../../access/index.ts';
import { ownEvent } from '../../orders/index.ts';
import type { Db } from '../../platform/database/db.ts';
import { contractMoney } from '../../platform/text/money.ts';
import { saleMinutes } from '../tables.ts';

const minutesMax = 1500;

/**
 * An event's sales in each minute in which something happened, oldest first; at most `minutesMax` of them.
 * @throws DomainError event.not_found
 */
export async function listSaleMinutes(
  deps: { readonly db: Db },
  actor: Actor,
  { eventId, from, to }: { eventId: string; from?: string | undefined; to?: string | undefined },
) {
  const event = await ownEvent(deps.db, actor, eventId);
  // Sums begin with the first minute of the sale, even if the page begins later.
  const counted = deps.db
    .select({
      ...getTableColumns(saleMinutes),
      paidUntil: untilThen(saleMinutes.paidOrders).as('paid_until'),
      expiredUntil: untilThen(saleMinutes.expiredOrders).as('expired_until'),
    })
    .from(saleMinutes)
    .where(and(eq(saleMinutes.eventId, event.id), saleMinutes.isCounted))
    .as('counted');
  const rows = await deps.db
    .select()
    .from(counted)
    .where(
      and(
        from === undefined ? undefined : gte(counted.minute, new Date(from)),
        to === undefined ? undefined : lt(counted.minute, new Date(to)),
      ),
    )
    .orderBy(asc(counted.minute))
    .limit(minutesMax + 1);
  return {
    data: rows.slice(0, minutesMax).map((row) => ({
      at: row.minute.toISOString(),
      orders: row.orders,
      tickets: row.tickets,
      paidOrders: row.paidOrders,
      paidTickets: row.paidTickets,
      paidAmount: contractMoney(row.paidAmount, event.currency),
      funnel: { held: row.heldOrders, instructed: row.instructed, paid: row.paidUntil, expired: row.expiredUntil },
      readAt: row.readAt?.toISOString() ?? null,
      available: row.available,
      held: row.held,
      sold: row.sold,
      admitted: row.admitted,
      waiting: row.waiting,
    })),
    isComplete: rows.length <= minutesMax,
  };
}

const untilThen = (count: AnyColumn) => sql<number>`(sum(${count}) over (order by ${saleMinutes.minute}))::int`;
