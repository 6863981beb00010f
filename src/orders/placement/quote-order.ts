import { sql } from 'drizzle-orm';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { contractMoney } from '../../platform/text/money.ts';
import { eventNotFound } from '../../access/errors.ts';
import { categoryUnknown, promoInvalid, promoLimited } from '../errors.ts';
import { promoKeyOf } from '../promo-codes/code.ts';
import { type PromoLimiter, promoGuesser } from '../promo-codes/guesses.ts';
import type { QuoteOrderInput } from '../schemas.ts';
import type { EventDirectory } from './event-directory.ts';
import { networkKey } from './keys.ts';

type QuoteDeps = {
  readonly db: Db;
  readonly directory: EventDirectory;
  readonly promoLimiter: PromoLimiter;
  readonly hashSecret: string;
};

type PriceFacts = {
  readonly currency: 'IDR';
  readonly fee: number;
  readonly categories: readonly { readonly id: string; readonly price: number }[] | null;
  readonly promo: { readonly kind: 'percent' | 'amount'; readonly value: number } | null;
};

/**
 * The price of an order, with its promo code. Nothing is held, and stock, sale windows and limits are not checked. The
 * order itself decides the price (`drizzle/functions/orders/place_orders.sql`). A used-up code gets the same answer as an
 * unknown one, and wrong codes count against the same limit as those of orders.
 * @throws DomainError event.not_found, order.category_unknown, promo.invalid, promo.limited
 */
export async function quoteOrder(
  deps: QuoteDeps,
  { slug, network, input }: { slug: string; network: string; input: QuoteOrderInput },
) {
  const event = await deps.directory.find(slug);
  if (event === undefined) throw eventNotFound();
  const promo = promoKeyOf(input.promoCode ?? '');
  const guesser = promoGuesser(deps, event.id, {
    promo,
    confirmed: null,
    network_key: networkKey(deps.hashSecret, network),
  });
  const waitSeconds = guesser === undefined ? undefined : deps.promoLimiter.waitSeconds(guesser);
  if (waitSeconds !== undefined) throw promoLimited(waitSeconds);

  const facts = await findPrices(deps.db, event.id, {
    categoryIds: input.lines.map(({ ticketCategoryId }) => ticketCategoryId),
    promo,
  });
  if (facts === undefined) throw eventNotFound();
  if (guesser !== undefined && facts.promo === null) {
    await deps.promoLimiter.failed(guesser);
    throw promoInvalid();
  }
  return priceOf(input, facts);
}

function priceOf({ lines }: QuoteOrderInput, { categories, currency, fee, promo }: PriceFacts) {
  const prices = new Map((categories ?? []).map(({ id, price }) => [id, price]));
  let subtotal = 0;
  let pricedQuantity = 0;
  for (const { ticketCategoryId, quantity } of lines) {
    const price = prices.get(ticketCategoryId);
    if (price === undefined) throw categoryUnknown({ ticketCategoryId });
    subtotal += price * quantity;
    if (price > 0) pricedQuantity += quantity;
  }
  const discount = promo === null ? 0 : discountOf(promo, subtotal);
  const fees = subtotal > discount ? fee * pricedQuantity : 0;
  const money = (amount: number) => contractMoney(amount, currency);
  return {
    subtotal: money(subtotal),
    discount: money(discount),
    fees: money(fees),
    total: money(subtotal - discount + fees),
  };
}

function discountOf({ kind, value }: NonNullable<PriceFacts['promo']>, subtotal: number): number {
  return kind === 'percent' ? Math.floor((subtotal * value) / 100) : Math.min(value, subtotal);
}

/** The prices of some categories and a valid code. Indexes: the primary keys, promo_codes_code_key. */
async function findPrices(
  db: Db,
  eventId: string,
  { categoryIds, promo }: { categoryIds: readonly string[]; promo: string | null },
): Promise<PriceFacts | undefined> {
  const [row] = await rowsOf<PriceFacts>(
    db,
    sql`
      select e.currency, e.fee_per_ticket::float8 as fee,
        (select json_agg(json_build_object('id', c.id, 'price', c.price))
          from ticket_categories c where c.event_id = e.id and c.id = any (${arrayText(categoryIds)}::text[])) as categories,
        (select json_build_object('kind', promo.kind, 'value', promo.value)
          from promo_codes promo
          where promo.event_id = e.id and promo.code_key = ${promo}::text and promo.status = 'active'
            and now() >= coalesce(promo.valid_from, now()) and now() < coalesce(promo.valid_until, 'infinity')
            and (promo.redemptions_max is null or promo.redemptions < promo.redemptions_max)) as promo
      from events e where e.id = ${eventId} and e.status = 'published'`,
  );
  return row;
}
