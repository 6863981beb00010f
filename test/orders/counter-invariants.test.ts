import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { namesOf, useSeason } from './support/season.ts';

/** Guards that the invariants name a counter of holds, tickets or promo codes that does not agree with the orders. */

const { event, ids, promoCodeId, violatedAfter } = await useSeason();

describe('the counters of orders', () => {
  test.each([sql`quantity = quantity + 1`, sql`quantity = 0`])(
    'a network whose holds are miscounted is named',
    async (change) => {
      const found = await violatedAfter(
        sql`update limit_counters set ${change} where counter_key like 'n:%' and event_id = ${event.id}`,
      );
      expect(namesOf(found)).toEqual(['orders.network_holds_recounted']);
    },
  );

  test('report a network whose counter is missing', async () => {
    const found = await violatedAfter(sql`delete from limit_counters where counter_key like 'n:%'`);
    expect(namesOf(found)).toEqual(['orders.network_holds_recounted']);
  });

  test.each([
    ['counted short for the event', sql`update limit_counters set quantity = quantity - 1 where counter_key = `, ''],
    ['counted over for a category', sql`update limit_counters set quantity = quantity + 1 where counter_key = `, 0],
    ['not counted at all', sql`delete from limit_counters where counter_key = `, 2],
  ])('a buyer %s is named', async (_, change, category) => {
    const suffix = category === '' ? '' : `:${event.categories[Number(category)]?.id}`;
    const found = await violatedAfter(
      sql`${change} (select 'b:' || buyer_keys[2] || ${suffix}::text from orders where id = ${ids.paid})`,
    );
    expect(namesOf(found)).toEqual(['orders.buyer_limits_recounted']);
    const asker = sql`asker_key(confirmed_key, buyer_keys[1], buyer_keys[2], network_key)`;
    const askersFound = await violatedAfter(
      sql`${change} (select ${asker} || ${suffix}::text from orders where id = ${ids.paid})`,
    );
    expect(namesOf(askersFound)).toEqual(['orders.buyer_limits_recounted']);
  });

  test('accept the leftover counter of a limit that was lifted', async () => {
    expect(
      await violatedAfter(sql`update ticket_categories set per_buyer_max = null where id = ${event.categories[2]?.id}`),
    ).toEqual({});
  });

  test('report a promo code that is miscounted or redeemed too often', async () => {
    const miscounted = await violatedAfter(sql`update promo_codes set redemptions = 2 where id = ${promoCodeId}`);
    expect(namesOf(miscounted)).toEqual(['orders.promo_redemptions_recounted']);
    expect(miscounted['orders.promo_redemptions_recounted']?.[0]).toContain(promoCodeId);
    const tooOften = await violatedAfter(
      sql`alter table promo_codes drop constraint promo_codes_limit, drop constraint promo_codes_redemptions_max_check`,
      sql`update promo_codes set redemptions_max = 0 where id = ${promoCodeId}`,
    );
    expect(tooOften['orders.promo_redemptions_recounted']?.[0]).toContain(promoCodeId);
  });
});
