/** Orders of one event, kept as simply as possible: the model that the product is compared with. */

export type ModelLine = { readonly category: number; readonly quantity: number };
export type ModelOrder = {
  readonly buyer: number;
  /** Where the request came from: the same buyer from another place is another asker. */
  readonly network: number;
  readonly lines: readonly ModelLine[];
  readonly promo: boolean;
  status: 'pending_payment' | 'closing' | 'paid' | 'partially_refunded' | 'refunded' | 'expired' | 'cancelled';
  closing: 'expired' | 'cancelled';
  overdue: boolean;
  attempt: boolean;
  /** Valid tickets by category. */
  live: number[];
};

export type ModelLimits = { event: number | null; category: (number | null)[] };

/** Three categories: two that are paid for, each with its pool, and a free one that shares the second pool. */
const poolOf = [0, 1, 1] as const;
const freeCategory = 2;

export type Model = {
  readonly orders: ModelOrder[];
  readonly capacity: number[];
  readonly blocked: number[];
  readonly promoMax: number;
  limits: ModelLimits;
};

export const newModel = (): Model => ({
  orders: [],
  capacity: [6, 8],
  blocked: [0, 0],
  promoMax: 2,
  limits: { event: 5, category: [null, null, null] },
});

const isOpen = (order: ModelOrder) => order.status === 'pending_payment' || order.status === 'closing';
const isCounted = (order: ModelOrder) =>
  isOpen(order) || order.status === 'paid' || order.status === 'partially_refunded';
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const asked = (order: Pick<ModelOrder, 'lines'>, category: number) =>
  sum(order.lines.filter((line) => line.category === category).map((line) => line.quantity));
const inPool = (pool: number, count: (category: number) => number) =>
  sum(poolOf.map((itsPool, category) => (itsPool === pool ? count(category) : 0)));

export const held = (model: Model, pool: number) =>
  sum(model.orders.filter(isOpen).map((order) => inPool(pool, (category) => asked(order, category))));
export const sold = (model: Model, pool: number) =>
  sum(model.orders.map((order) => inPool(pool, (category) => order.live[category] ?? 0)));
export const available = (model: Model, pool: number) =>
  (model.capacity[pool] ?? 0) - (model.blocked[pool] ?? 0) - held(model, pool) - sold(model, pool);
export const redeemed = (model: Model) => model.orders.filter((order) => order.promo && isCounted(order)).length;
export const heldQuantity = (model: Model) =>
  sum(model.orders.filter(isOpen).flatMap((order) => order.lines.map((line) => line.quantity)));

export const isFree = ({ lines }: Pick<ModelOrder, 'lines'>) =>
  lines.every(({ category }) => category === freeCategory);

type Asker = Pick<ModelOrder, 'buyer' | 'network'>;

/** The tickets that an asker holds and has, of a category or of all. */
export const askedBy = (model: Model, { buyer, network }: Asker, category?: number): number =>
  countOf(
    model.orders.filter((order) => order.buyer === buyer && order.network === network && isCounted(order)),
    category,
  );
/** The tickets paid for in a buyer's name, by any asker. */
export const paidBy = (model: Model, buyer: number, category?: number): number =>
  countOf(
    model.orders.filter((order) => order.buyer === buyer && isCounted(order) && !isOpen(order) && !isFree(order)),
    category,
  );

const countOf = (orders: readonly ModelOrder[], category: number | undefined): number =>
  sum(
    orders.flatMap((order) =>
      poolOf.map((_, each) =>
        category !== undefined && category !== each ? 0 : isOpen(order) ? asked(order, each) : (order.live[each] ?? 0),
      ),
    ),
  );

type Wish = Pick<ModelOrder, 'buyer' | 'network' | 'lines' | 'promo'>;

const overCategory = (model: Model, asker: Asker, { category, quantity }: ModelLine) => {
  const max = model.limits.category[category] ?? null;
  return max !== null && askedBy(model, asker, category) + quantity > max;
};
const overEvent = (model: Model, wish: Wish) =>
  model.limits.event !== null &&
  askedBy(model, wish) + sum(wish.lines.map(({ quantity }) => quantity)) > model.limits.event;

/** Whether others in the buyer's name have paid for so many tickets that this order's payment exceeds the limit. */
const overPaid = (model: Model, order: ModelOrder) => {
  const isTooMuch = (max: number | null, paid: number, more: number) => max !== null && paid > 0 && paid + more > max;
  const all = sum(order.lines.map(({ quantity }) => quantity));
  return (
    isTooMuch(model.limits.event, paidBy(model, order.buyer), all) ||
    order.lines.some(({ category, quantity }) =>
      isTooMuch(model.limits.category[category] ?? null, paidBy(model, order.buyer, category), quantity),
    )
  );
};

/**
 * A request for more than there is, even a replay, takes back the holds in those pools that nobody can pay any more.
 */
export function reclaim(model: Model, wish: Pick<Wish, 'lines'>): void {
  const short = [0, 1].filter((pool) => inPool(pool, (category) => asked(wish, category)) > available(model, pool));
  for (const order of model.orders) {
    const gives = short.some((pool) => inPool(pool, (category) => asked(order, category)) > 0);
    if (gives && order.overdue && !order.attempt && order.status === 'pending_payment') end(order, 'expired');
  }
}

/** The outcome of an order: `placed`, `paid`, or the code of the first refusal. */
export function place(model: Model, wish: Wish): string {
  reclaim(model, wish);
  const left = [available(model, 0), available(model, 1)];
  for (const line of wish.lines) {
    if (overCategory(model, wish, line)) return 'order.limit_exceeded';
    const pool = poolOf[line.category] ?? 0;
    if ((left[pool] ?? 0) < line.quantity) return 'stock.sold_out';
    left[pool] = (left[pool] ?? 0) - line.quantity;
  }
  if (overEvent(model, wish)) return 'order.limit_exceeded';
  if (wish.promo && redeemed(model) >= model.promoMax) return 'promo.used_up';
  const free = isFree(wish);
  const order: ModelOrder = {
    ...wish,
    status: 'pending_payment',
    closing: 'expired',
    overdue: false,
    attempt: false,
    live: [0, 0, 0],
  };
  model.orders.push(order);
  if (free) issue(order);
  return free ? 'paid' : 'placed';
}

function issue(order: ModelOrder): void {
  order.status = 'paid';
  order.live = poolOf.map((_, category) => asked(order, category));
}

function end(order: ModelOrder, status: 'expired' | 'cancelled'): void {
  order.status = status;
}

export function pay(model: Model, order: ModelOrder): string {
  if (isOpen(order)) {
    if (overPaid(model, order)) {
      if (order.status === 'pending_payment') order.closing = 'cancelled';
      order.status = 'closing';
      return 'over_limit';
    }
    issue(order);
    return 'paid';
  }
  if (order.status !== 'expired' && order.status !== 'cancelled') return 'already_paid';
  const fits = [0, 1].every((pool) => inPool(pool, (category) => asked(order, category)) <= available(model, pool));
  if (!fits || overPaid(model, order) || (order.promo && redeemed(model) >= model.promoMax)) return 'no_stock';
  issue(order);
  return 'paid_late';
}

export function sweep(model: Model): void {
  for (const order of model.orders) {
    if (!order.overdue || order.status !== 'pending_payment') continue;
    if (order.attempt) {
      order.status = 'closing';
      order.closing = 'expired';
    } else end(order, 'expired');
  }
}

export function release(order: ModelOrder): void {
  if (isOpen(order)) end(order, order.status === 'closing' ? order.closing : 'expired');
}

export function cancel(model: Model, order: ModelOrder): string {
  if (order.status === 'pending_payment') {
    order.status = 'closing';
    order.closing = 'cancelled';
    return 'under_way';
  }
  if (order.status === 'closing') return 'under_way';
  if (order.status === 'cancelled' || order.status === 'refunded') return 'done';
  if (order.status !== 'paid') return 'order.not_cancellable';
  if (!order.lines.every(({ category }) => category === freeCategory)) return 'under_way';
  refund(model, order, order.live, true, 'refunded');
  return 'done';
}

/** Takes tickets back; which of them is not told apart, only how many of each category. */
export function refund(
  model: Model,
  order: ModelOrder,
  counts: readonly number[],
  restock: boolean,
  as: 'refunded' | 'cancelled',
): string | undefined {
  if (order.status !== 'paid' && order.status !== 'partially_refunded') return undefined;
  const taken = order.live.map((live, category) => Math.min(live, counts[category] ?? 0));
  order.live = order.live.map((live, category) => live - (taken[category] ?? 0));
  if (!restock) for (const [category, count] of taken.entries()) model.blocked[poolOf[category] ?? 0]! += count;
  order.status = sum(order.live) === 0 ? as : 'partially_refunded';
  return order.status;
}

export function resize(model: Model, pool: number, capacity: number): string {
  const used = held(model, pool) + sold(model, pool) + (model.blocked[pool] ?? 0);
  if (capacity < used) return 'pool.in_use';
  model.capacity[pool] = capacity;
  return 'done';
}
