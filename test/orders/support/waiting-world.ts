import { sql } from 'drizzle-orm';
import { afterAll, expect } from 'vitest';
import { waitingAccessToken } from '../../../src/access/buyers/waiting-token.ts';
import { expireHolds } from '../../../src/orders/lifecycle/end-holds.ts';
import { orderInvariants } from '../../../src/orders/invariants.ts';
import { offerPlaces } from '../../../src/orders/waiting-list/offer-places.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { bearer, json, openDesk } from '../../../testkit/orders/order-desk.ts';
import { order } from '../../../testkit/orders/placing.ts';
import { useOrderDatabase } from './order-database.ts';

type Buyer = ReturnType<typeof someBuyer>;
type Wish = { readonly buyer?: Buyer; readonly quantity?: number };

/** Sold-out events, and people who wait for their places. At the end of the file it checks the invariants of orders. */
export async function useWaitingWorld() {
  const { url, directUrl, open, deps } = await useOrderDatabase();
  const desk = openDesk(open);
  afterAll(async () => {
    const findings = await Promise.all(orderInvariants.map((invariant) => invariant.find(open.db)));
    expect(findings.flat()).toEqual([]);
  });

  const ask = async (path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const request = body === undefined ? { headers } : json(body);
    const answer = await desk.app.request(path, { ...request, headers: { ...request.headers, ...headers } });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const tokenOf = (id: string) => bearer(waitingAccessToken(desk.deps.config.ORDER_TOKEN_SECRET, id));
  const confirm = (id: string) => ask(`/v1/waiting-list/${id}/confirmation`, {}, tokenOf(id));
  const join = (event: TestEvent, { buyer = someBuyer(), quantity = 1 }: Wish = {}) =>
    ask(`/v1/events/${event.slug}/waiting-list`, { ticketCategoryId: categoryOf(event), quantity, buyer });
  const entriesOf = (event: TestEvent) =>
    rowsOf<{ id: string; email: string; phone: string; status: string; orderId: string | null }>(
      open.db,
      sql`select id, email, phone, status, order_id as "orderId" from waiting_entries where event_id = ${event.id} order by joined_at nulls last, id`,
    );

  return {
    url,
    directUrl,
    open,
    deps,
    desk,
    ask,
    tokenOf,
    confirm,
    join,
    entriesOf,
    statuses: async (event: TestEvent) => (await entriesOf(event)).map(({ status }) => status),
    offer: () => offerPlaces(desk.deps),
    soldOut: async (capacity = 3): Promise<TestEvent> => {
      const event = await createEvent(open.db, { categories: [{ capacity }], event: { hasWaitingList: true } });
      for (let place = 0; place < capacity; place += 1) await order(deps, event);
      return event;
    },
    /** Joins and opens the link of the mail. @returns the entry's id */
    wait: async (event: TestEvent, of: Wish = {}): Promise<string> => {
      expect((await join(event, of)).status).toBe(202);
      const id = (await entriesOf(event)).find((entry) => entry.status === 'unconfirmed')?.id ?? '';
      expect((await confirm(id)).status).toBe(200);
      return id;
    },
    /** Ends so many holds of the event at once, as the sweeper does. */
    giveBack: async (event: TestEvent, count: number): Promise<void> => {
      await open.db.execute(sql`
        update orders set expires_at = now() - interval '1 second' where event_id = ${event.id} and id in (
          select id from orders where event_id = ${event.id} and status = 'pending_payment' order by placed_at limit ${count})`);
      await expireHolds(open);
    },
  };
}

export const categoryOf = (event: TestEvent) => event.categories[0]?.id ?? '';
