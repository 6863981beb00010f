/**
 * Decides how many more may be called for what is left. Calling stops when buyers who were called can take all of it, so
 * that nobody stands in line for nothing, and continues when they did not.
 */

/** What is on sale of an event, in tickets. */
export type EventStock = {
  readonly capacity: number;
  readonly available: number;
  readonly held: number;
  readonly sold: number;
  /** Kept off sale by the organizer, who may put them on sale again. */
  readonly blocked: number;
  /** Tickets per order, in the last orders; null while there are few. */
  readonly ticketsPerOrder: number | null;
};

/** Buyers whose turn is not over, and the orders of that time. */
export type BuyersInside = {
  /** Positions called within the last turn. */
  readonly called: number;
  /** Orders placed within the last turn. */
  readonly orders: number;
  readonly showRatio: number;
};

/** The share of held tickets that comes back. */
const returningShare = 0.2;
/** Tickets per order until there are enough orders, and the bounds of this estimate. */
const ticketsPerOrderAssumed = 2;
const ticketsPerOrderMax = 6;
/**
 * Positions that are called together when only a few tickets have come back. If one alone were called and did not come,
 * they would be unsold for a whole turn.
 */
const calledTogetherMin = 5;

/** `callMax`: positions that may be called in the next second. */
export type StockVerdict =
  | { readonly kind: 'probably_sold_out' }
  | { readonly kind: 'sold_out' }
  | { readonly kind: 'on_sale'; readonly callMax: number };

/**
 * @param isStopped whether calling has stopped; it continues only if the buyers inside could not take everything
 * that is free
 */
export function judgeStock(stock: EventStock, inside: BuyersInside, isStopped: boolean): StockVerdict {
  if (stock.available <= 0)
    return { kind: stock.sold > 0 && stock.held + stock.blocked <= 0 ? 'sold_out' : 'probably_sold_out' };
  const perOrder = ticketsPerOrder(stock);
  const wanted = Math.max(0, inside.called * inside.showRatio - inside.orders) * perOrder;
  const left = stock.available + (isStopped ? 0 : returningShare * stock.held) - wanted;
  if (isStopped ? left <= 0 : left < 0) return { kind: 'probably_sold_out' };
  return { kind: 'on_sale', callMax: Math.max(left / (perOrder * inside.showRatio), calledTogetherMin) };
}

function ticketsPerOrder({ ticketsPerOrder: seen }: EventStock): number {
  return seen === null ? ticketsPerOrderAssumed : Math.min(Math.max(seen, 1), ticketsPerOrderMax);
}
