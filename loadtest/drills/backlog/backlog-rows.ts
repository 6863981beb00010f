import { sql } from 'drizzle-orm';
import type { TestEvent } from '../../../testkit/factories.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { insertPlacedOrders, insertTickets, stagePaid, stagePlaced } from '../../bench/fill/bulk-orders.ts';
import { insertPaymentAccount } from '../../bench/fill/payment-account.ts';
import { type BenchStack, say } from '../../bench/harness/stack.ts';

/**
 * The backlog of a rush without a running worker: payments to be made, and in every tenth event free orders to be
 * mailed.
 */
const events = 10;
const freeEvery = 10;
const chunk = 25_000;

export type Backlog = {
  readonly organizerId: string;
  /**
   * Rows of the outbox, and among them orders whose payment must be made at the gateway, and orders whose tickets must
   * be mailed.
   */
  readonly rows: number;
  readonly payments: number;
  readonly mails: number;
};

export async function fillOutbox(stack: BenchStack, rows: number): Promise<Backlog> {
  const { db } = stack.owner;
  const each = Math.ceil(rows / events);
  const made: TestEvent[] = [];
  const done = { payments: 0, mails: 0 };
  for (let number = 1; number <= events; number += 1) {
    const isFree = number % freeEvery === 0;
    const event = await createEvent(db, {
      ...(made[0] === undefined ? {} : { organizer: made[0].organizer }),
      event: { holdSeconds: 86_400 },
      categories: [{ capacity: each, ...(isFree ? { price: 0 } : {}) }],
    });
    if (made.length === 0) await insertPaymentAccount(db, event);
    made.push(event);
    if (isFree) {
      await insertTickets(db, event, { count: each, secret: event.id, each: 1, untold: true });
      await stagePaid(db, event, { first: 0, last: each - 1 });
      done.mails += each;
    } else {
      for (let first = 0; first < each; first += chunk) {
        const numbers = { first, last: Math.min(first + chunk, each) - 1 };
        await insertPlacedOrders(db, event, numbers);
        await stagePlaced(db, event, numbers);
      }
      done.payments += each;
    }
    say(`${(number * each).toLocaleString('en')} rows are in the outbox`);
  }
  // The search would have these orders long ago, and building it is not measured here.
  await db.execute(sql`
    insert into order_search_marks (event_id, after_order_id)
    select event_id, max(id) from orders where event_id in ${made.map(({ id }) => id)} group by event_id
    on conflict (event_id) do update set after_order_id = excluded.after_order_id`);
  await db.execute(sql`analyze outbox`);
  return { ...done, rows: done.payments + done.mails, organizerId: made[0]?.organizer.id ?? '' };
}
