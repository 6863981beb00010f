/**
 * Decides when calling stops because buyers who were called can take all that is left, so that nobody stands in line
 * for nothing. Also decides when calling continues, because they did not.
 */

/** What is on sale of an event, in tickets. */
export type EventStock = {
  readonly capacity: number;
  readonly available: number;
  readonly held: number;
  readonly sold: number;
  /** Kept off sale by the organizer, who may put them on sale again. */
  readonly blocked: number;
};

/** Buyers in the shop: called, turn not over, not yet served. */
export type Shop = {
  /** Positions called within the last turn. */
  readonly called: number;
  /** Orders placed within the last turn. */
  readonly orders: number;
  readonly showRatio: number;
  /** All orders placed with a pass. */
  readonly ordersEver: number;
};

/** The share of held tickets that comes back. */
const returningShare = 0.2;
/** Tickets per order until there are enough orders, and the bounds of this estimate. */
const ticketsPerOrderAssumed = 2;
const ticketsPerOrderMax = 6;
const ordersKnownMin = 20;

export type StockVerdict = 'on_sale' | 'spoken_for' | 'sold_out';

/**
 * @param isStopped whether calling has stopped; it continues only if the buyers in the shop could not take everything
 * that is free
 */
export function judgeStock(stock: EventStock, shop: Shop, isStopped: boolean): StockVerdict {
  if (stock.available <= 0) return stock.sold > 0 && stock.held + stock.blocked <= 0 ? 'sold_out' : 'spoken_for';
  const wanted = ticketsWanted(stock, shop);
  if (isStopped) return stock.available > wanted ? 'on_sale' : 'spoken_for';
  return stock.available + returningShare * stock.held < wanted ? 'spoken_for' : 'on_sale';
}

/** Tickets that buyers in the shop may still order. */
function ticketsWanted(stock: EventStock, shop: Shop): number {
  const buyers = Math.max(0, shop.called * shop.showRatio - shop.orders);
  const perOrder =
    shop.ordersEver < ordersKnownMin
      ? ticketsPerOrderAssumed
      : Math.min(Math.max((stock.sold + stock.held) / shop.ordersEver, 1), ticketsPerOrderMax);
  return buyers * perOrder;
}
