import { type SQL, sql } from 'drizzle-orm';
import type { Template } from '../tables.ts';

/** A link is mailed once within this many seconds, however often it is requested. */
const linkOnceSeconds = 300;
/** With less time left, a message about an unpaid order would come too late. */
const timeToPaySecondsMin = 60;

export type OrderTemplate = Extract<
  Template,
  | 'tickets'
  | 'order_cancelled'
  | 'order_refunded'
  | 'refund_done'
  | 'order_placed'
  | 'order_link'
  | 'order_found'
  | 'event_cancelled'
  | 'event_moved'
  | 'event_postponed'
  | 'payment_expiring'
>;

export type OrderRule = {
  readonly when: SQL;
  /** Further conditions for sending the message again. */
  readonly whenAgain?: SQL;
  readonly version: SQL;
  readonly whatsapp: boolean;
  /** The share that a message is counted under; `key` is the recipient's. */
  readonly share: (key: SQL) => SQL;
};

/** Money has come for the order. Its later fate does not matter here. */
export const isPaid = sql`(o.total > 0 and o.paid_at is not null)`;
/** The order's own buyer has proven access to this address. */
export const isConfirmed = (key: SQL) => sql`(o.confirmed_key is not null and o.confirmed_key = ${key})`;
const ordersShare = (key: SQL) =>
  sql`case when ${isPaid} then null when ${isConfirmed(key)} then 'confirmed_orders' else 'orders' end`;
/** Messages that anybody can cause by ordering in somebody's name. */
const placedShare = (key: SQL) => sql`case when ${isConfirmed(key)} then 'confirmed_orders' else 'placed_orders' end`;
const linksShare = () => sql`case when ${isPaid} then 'paid_links' else 'links' end`;
const eventsShare = () => sql`case when ${isPaid} then null else 'events' end`;

/**
 * The orders for which a fact is worth a message, and the message's version: an existing version is not sent again. A
 * refund's version is the number of tickets revoked so far, so each partial refund is told once. A hold that its own
 * buyer cancelled is no news. For an event's notices, the notice chooses the orders and has the version.
 */
export const orderRules: Readonly<Record<OrderTemplate, OrderRule>> = {
  tickets: {
    when: sql`o.status in ('paid', 'partially_refunded')`,
    whenAgain: sql`exists (select from tickets t
      where t.event_id = o.event_id and t.order_id = o.id and t.status = 'live' and t.times_transferred = 0)`,
    version: sql`1`,
    whatsapp: true,
    share: ordersShare,
  },
  order_cancelled: {
    when: sql`o.status = 'cancelled' and (o.paid_at is not null or o.cancelled_by = 'organizer')`,
    version: sql`1`,
    whatsapp: true,
    share: ordersShare,
  },
  order_refunded: {
    when: sql`o.status in ('refunded', 'partially_refunded')`,
    version: sql`1 + (select count(*)::int from tickets t where t.event_id = o.event_id and t.order_id = o.id and t.status = 'revoked')`,
    whatsapp: true,
    share: ordersShare,
  },
  // Two refunds that finish at the same moment are told together: the message has the sum.
  refund_done: {
    when: sql`exists (select from refunds r where r.event_id = o.event_id and r.order_id = o.id and r.status = 'done')`,
    version: sql`(select count(*)::int from refunds r where r.event_id = o.event_id and r.order_id = o.id and r.status = 'done')`,
    whatsapp: false,
    share: ordersShare,
  },
  order_placed: {
    when: sql`o.status = 'pending_payment' and o.expires_at > now() + make_interval(secs => ${timeToPaySecondsMin})`,
    version: sql`1`,
    whatsapp: false,
    share: placedShare,
  },
  order_found: {
    when: sql`o.paid_at is not null and o.status in ('paid', 'partially_refunded')`,
    version: sql`floor(extract(epoch from now()) / ${linkOnceSeconds})::int`,
    whatsapp: true,
    share: () => sql`'found_links'`,
  },
  order_link: {
    when: sql`true`,
    version: sql`floor(extract(epoch from now()) / ${linkOnceSeconds})::int`,
    whatsapp: false,
    share: linksShare,
  },
  event_cancelled: { when: sql`true`, version: sql`1`, whatsapp: true, share: eventsShare },
  event_moved: { when: sql`true`, version: sql`1`, whatsapp: true, share: eventsShare },
  event_postponed: { when: sql`true`, version: sql`1`, whatsapp: true, share: eventsShare },
  payment_expiring: {
    when: sql`o.status = 'pending_payment' and o.expires_at > now()`,
    version: sql`1`,
    whatsapp: true,
    share: () => sql`'payment_reminders'`,
  },
};
