import type { Mutant } from '../world/mutants.ts';

/** Shared by all drills whose faults strike while buyers are served. */
export const selling = {
  does: 'Buyers order, pay at the gateway and are sent their tickets by mail and WhatsApp.',
  holds:
    'Every order that a buyer was told of is there once, paid once, with its tickets and messages. The books of both sides agree.',
} as const;

/** Buyers pay soon, so that faults meet orders in every stage. */
export const autoPay = { afterMs: 300, jitterMs: 700, method: 'qris', probability: 1 } as const;

export const shortSale = { orders: 3000, minutes: 1 } as const;

/**
 * The longest allowed standstill after a fault. A job of a killed worker returns within 30 s. A WhatsApp message that
 * was claimed by a worker when the worker or Postgres died may have been accepted, so it is sent again only after 180 s
 * without a status.
 */
export const unknownOutcomeSeconds = 240;

/** The guard of all buyers who must repeat an order with an unknown outcome. */
export const withoutKeyLookup: Mutant = {
  without: 'an order is looked for by its key before it is written',
  edits: [
    {
      file: 'drizzle/functions/orders/place_orders.sql',
      text: "where o.idempotency_key_hash = any (p_keys) and o.event_id || '' = p_event_id",
      instead: 'where false',
    },
  ],
};

/** A naive relay: it deletes outbox rows that it has handed to the queue. */
export const withoutLease: Mutant = {
  without: 'a job stays in the outbox until it is done',
  edits: [
    {
      file: 'drizzle/functions/platform/lease_jobs.sql',
      text: `update outbox o set
      relays = o.relays + 1,
      available_at = now() + make_interval(secs => least(p_seconds * power(2, least(o.relays, 20)), p_seconds_max))
    from unnest(`,
      instead: 'delete from outbox o using unnest(',
    },
  ],
};

/** The edge sees all buyers and readers of a drill as one network, which would meet its limits. */
export const forOneNetwork = {
  ORDERS_PER_MINUTE_PER_NETWORK: '1000000',
  REQUESTS_PER_MINUTE_PER_NETWORK: '10000000',
  HELD_PER_NETWORK_MAX: '1000000',
} as const;
