import { hash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { buyerKeys, networkKey } from '../../../src/orders/placement/keys.ts';
import { type Db, rowsOf } from '../../../src/platform/database/db.ts';
import type { TestEvent, someBuyer } from '../../../testkit/factories.ts';
import type { OrderOptions } from '../../../testkit/orders/placing.ts';
import * as paper from './order-model.ts';
import type { Model, ModelOrder } from './order-model.ts';

export const buyersCount = 3;
export const networks = ['192.0.2.0/24', '198.51.100.0/24'];

/** The event, buyers and orders of one sequence in the product. */
export type Real = {
  readonly event: TestEvent;
  readonly promo: string;
  readonly buyers: readonly ReturnType<typeof someBuyer>[];
  readonly placed: { readonly id: string; readonly options: OrderOptions }[];
};

/** Compares everything that both know: statuses, valid tickets, stock, limits and redemptions. */
export async function compare(db: Db, hashSecret: string, model: Model, real: Real): Promise<void> {
  const [row] = await rowsOf<{
    stock: unknown;
    orders: unknown;
    counters: Record<string, number> | null;
    redeemed: number;
  }>(
    db,
    sql`select
      (select json_agg(json_build_array(s.capacity, s.available, s.held, s.sold, s.blocked) order by s.pool_id)
         from stock s where s.event_id = ${real.event.id}) as stock,
      (select json_object_agg(o.id, json_build_array(o.status, (
           select count(*) from tickets t where t.event_id = o.event_id and t.order_id = o.id and t.status = 'live')))
         from orders o where o.event_id = ${real.event.id}) as orders,
      (select json_object_agg(l.counter_key, l.quantity)
         from limit_counters l where l.event_id = ${real.event.id} and l.quantity > 0) as counters,
      (select redemptions from promo_codes where id = ${real.promo}) as redeemed`,
  );
  const pools = [0, 1].map((pool) => [
    model.capacity[pool],
    paper.available(model, pool),
    paper.held(model, pool),
    paper.sold(model, pool),
    model.blocked[pool],
  ]);
  const byPoolId = real.event.categories[0]?.poolId.localeCompare(real.event.categories[1]?.poolId ?? '') === 1;
  expect(row?.stock).toEqual(byPoolId ? pools.toReversed() : pools);
  const live = (order: ModelOrder) => order.live.reduce((total, count) => total + count, 0);
  expect(row?.orders ?? {}).toEqual(
    Object.fromEntries(model.orders.map((order, index) => [real.placed[index]?.id, [order.status, live(order)]])),
  );
  expect(row?.redeemed).toBe(paper.redeemed(model));
  expect(countedIn(row?.counters ?? {}, real, hashSecret)).toEqual(expectedCounts(model));
}

/** Per buyer: tickets paid by email, by phone, and by email in the first category, then the counts of each asker. And all held tickets. */
function countedIn(counters: Record<string, number>, real: Real, hashSecret: string) {
  const first = real.event.categories[0]?.id ?? '';
  return {
    buyers: real.buyers.map((buyer) => {
      const [mail, phone] = buyerKeys(hashSecret, buyer);
      const askers = networks.map((network) => askerKey([mail, phone, networkKey(hashSecret, network)].join('')));
      return [
        `b:${mail}`,
        `b:${phone}`,
        `b:${mail}:${first}`,
        ...askers,
        ...askers.map((asker) => `${asker}:${first}`),
      ].map((key) => counters[key] ?? 0);
    }),
    held: Object.entries(counters)
      .filter(([key]) => key.startsWith('n:'))
      .reduce((total, [, quantity]) => total + quantity, 0),
  };
}

/** The same as `asker_key` in the database. */
function askerKey(text: string): string {
  return `o:${hash('sha256', text, 'base64').slice(0, 22)}`;
}

function expectedCounts(model: Model) {
  const { event, category } = model.limits;
  return {
    buyers: Array.from({ length: buyersCount }, (_, buyer) => {
      const ofEvent = (count: number) => (event === null ? 0 : count);
      const ofFirst = (count: number) => ((category[0] ?? null) === null ? 0 : count);
      const paid = ofEvent(paper.paidBy(model, buyer));
      const askers = networks.map((_, network) => ({ buyer, network }));
      return [
        paid,
        paid,
        ofFirst(paper.paidBy(model, buyer, 0)),
        ...askers.map((asker) => ofEvent(paper.askedBy(model, asker))),
        ...askers.map((asker) => ofFirst(paper.askedBy(model, asker, 0))),
      ];
    }),
    held: paper.heldQuantity(model),
  };
}
