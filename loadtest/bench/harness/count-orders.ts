import { sql } from 'drizzle-orm';
import type { Answer } from '../../generator/connection.ts';
import { arrayText } from '../../../src/platform/database/array-text.ts';
import { type Db, rowsOf } from '../../../src/platform/database/db.ts';

/** Counts answers to orders, and compares them with the rows of these events. */
export type OrderCounter = {
  readonly onAnswer: (answer: Answer) => void;
  /** Mismatches, in words. Empty if every 201 is a row and every row was a 201. */
  check(): Promise<readonly string[]>;
};

/**
 * @param db reads the rows; past PgBouncer, since an event may have millions
 * @param order tickets and lines of each order; requests without an answer (or with 5xx) may have been placed or not
 */
export function countOrders(
  db: Db,
  eventIds: readonly string[],
  order: { readonly tickets: number; readonly lines: number },
): OrderCounter {
  let placed = 0;
  let unknown = 0;
  return {
    onAnswer: ({ status }) => {
      if (status === 201) placed += 1;
      else if (status >= 500) unknown += 1;
    },
    check: async () => {
      // Waits before the rows are read, because answers may still arrive.
      const answered = placed;
      const rows = await orderRows(db, eventIds);
      const expected = { tickets: order.tickets * rows.orders, lines: order.lines * rows.orders };
      const isWhole =
        rows.tickets === expected.tickets &&
        rows.held === expected.tickets &&
        rows.lines === expected.lines &&
        rows.staged === rows.orders;
      const isCounted = rows.orders >= answered && rows.orders <= placed + unknown;
      if (isWhole && isCounted) return [];
      return [`${placed} answers of 201 and ${unknown} of 5xx, but rows ${JSON.stringify(rows)}`];
    },
  };
}

type OrderRows = { orders: number; tickets: number; lines: number; staged: number; held: number };

async function orderRows(db: Db, eventIds: readonly string[]): Promise<OrderRows> {
  const these = sql`any (${arrayText(eventIds)}::text[])`;
  const [row] = await rowsOf<OrderRows>(
    db,
    sql`select (select count(*)::int from orders where event_id = ${these}) as orders,
               (select coalesce(sum(quantity), 0)::int from order_lines where event_id = ${these}) as tickets,
               (select count(*)::int from order_lines where event_id = ${these}) as lines,
               (select coalesce(sum(coalesce(jsonb_array_length(payload -> 'orderIds'), 1)), 0)::int from outbox
                where name in ('order.placed', 'orders.placed') and payload->>'eventId' = ${these}) as staged,
               (select coalesce(sum(held), 0)::int from stock where event_id = ${these}) as held`,
  );
  if (row === undefined) throw new Error('the rows were not counted');
  return row;
}

/** Deletes the staged jobs, as a relay would have by now, so that a run does not begin with the backlog of the previous run. */
export async function emptyOutbox(db: Db): Promise<void> {
  await db.execute(sql`truncate outbox`);
}
