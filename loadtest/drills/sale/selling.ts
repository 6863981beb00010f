import type { Mutant } from '../world/mutants.ts';

/** What all drills share that strike while buyers are served. */
export const selling = {
  does: 'Buyers order, pay at the gateway and are sent their tickets by mail and WhatsApp.',
  holds:
    'Every order that a buyer was told of is there once, paid once, with its tickets and messages. The books of both sides agree.',
} as const;

/** Buyers pay soon, so that faults meet orders in every stage. */
export const autoPay = { afterMs: 300, jitterMs: 700, method: 'qris', probability: 1 } as const;

export const shortSale = { orders: 3000, minutes: 1 } as const;

/**
 * How long something may stand still after a fault. A job of a killed worker comes back within 30 s. A WhatsApp message that was in a
 * worker's hands when the worker or Postgres died may have been accepted: it is sent again after 180 s without a status.
 */
export const unknownOutcomeSeconds = 240;

/** The guard of everybody who must send an order again without knowing what became of it. */
export const withoutKeyLookup: Mutant = {
  without: 'an order is looked for by its key before it is written',
  edits: [
    {
      file: 'drizzle/functions/place_orders.sql',
      text: "where o.idempotency_key_hash = any (p_keys) and o.event_id || '' = p_event_id",
      instead: 'where false',
    },
  ],
};

/** To the edge all buyers and readers of a drill are one network, which would meet its limits. */
export const forOneNetwork = {
  ORDERS_PER_MINUTE_PER_NETWORK: '1000000',
  REQUESTS_PER_MINUTE_PER_NETWORK: '10000000',
  HELD_PER_NETWORK_MAX: '1000000',
} as const;
