import { type SQL, sql } from 'drizzle-orm';
import { afterAll } from 'vitest';
import { orderInvariants } from '../../../src/orders/invariants.ts';
import type { Db } from '../../../src/platform/database/db.ts';
import { createEvent, createPromoCode, someBuyer } from '../../../testkit/factories.ts';
import { openTestDb, order, pay, placingDeps } from '../../../testkit/orders/placing.ts';
import { useTestDb } from '../../../testkit/services/use-test-db.ts';

/** For all tests of a file: a season of orders in every state, on which each invariant holds, and a way to falsify rows of it. */
export async function useSeason() {
  const { directUrl, open } = await useTestDb();
  const owner = openTestDb(directUrl, 1);
  afterAll(() => owner.close());
  const deps = placingDeps(open);
  const event = await createEvent(open.db, {
    event: { ticketsPerBuyerMax: 10 },
    categories: [{ capacity: 50, perBuyerMax: 8 }, { pool: 0 }, { capacity: 30, perBuyerMax: 5 }],
  });
  const promoCodeId = await createPromoCode(open.db, event, { code: 'HEMAT', redemptionsMax: 5 });
  const ids = { pending: '', closing: '', paid: '', partial: '', refunded: '', expired: '', cancelled: '' };
  await placeSeason();

  async function placeSeason(): Promise<void> {
    const { db } = open;
    const buyer = someBuyer();
    const lines = event.categories.map((category, index) => ({
      ticketCategoryId: category.id,
      quantity: index === 1 ? 2 : 1,
    }));
    for (const name of Object.keys(ids) as (keyof typeof ids)[]) {
      const own = name === 'pending' || name === 'paid' ? { buyer } : {};
      const promo = name === 'pending' || name === 'cancelled' ? { promoCode: 'HEMAT' } : {};
      ids[name] = (await order(deps, event, { lines, ...own, ...promo })).order.id;
    }
    for (const id of [ids.paid, ids.partial, ids.refunded]) await pay(db, id);
    await db.execute(
      sql`update orders set status = 'closing', close_reason = 'cancelled' where id in (${ids.closing}, ${ids.cancelled})`,
    );
    await db.execute(
      sql`select release_holds(array[${event.id}, ${event.id}], array[${ids.expired}, ${ids.cancelled}])`,
    );
    await db.execute(sql`select revoke_tickets(${event.id}, ${ids.partial}, array(
    select min(id) from tickets where order_id = ${ids.partial}), true, 'refunded', 'test')`);
    await db.execute(sql`select revoke_tickets(${event.id}, ${ids.refunded}, null, false, 'refunded', 'test')`);
    // An event without limits keeps no counters of its buyers, and misses none.
    const plain = await createEvent(db);
    await pay(db, (await order(deps, plain, { quantity: 2 })).order.id);
  }

  /** Falsifies rows past every constraint, checks, and reverts everything. */
  async function violatedAfter(...statements: SQL[]): Promise<Record<string, string[]>> {
    let found: Record<string, string[]> = {};
    const undo = new Error('taken back');
    await owner.db
      .transaction(async (tx) => {
        const db = tx as unknown as Db;
        for (const statement of statements) await db.execute(statement);
        found = await violated(db);
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
    return found;
  }

  return {
    open,
    owner,
    deps,
    event,
    promoCodeId,
    ids,
    violatedAfter,
  };
}

/** The findings of each invariant that does not hold. */
export async function violated(db: Db): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const invariant of orderInvariants) {
    const sentences = await invariant.find(db);
    if (sentences.length > 0) found[invariant.name] = sentences;
  }
  return found;
}

export const namesOf = (found: Record<string, string[]>) => Object.keys(found).toSorted();
