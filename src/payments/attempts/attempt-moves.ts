import { type AttemptStatus, type GatewayState, gatewayStates } from '../vocabulary.ts';

/**
 * The table behind `nextAttemptState`: the result of each state that a gateway may report, by the phase of the attempt.
 */

/** The consequences of a move. Several may happen at once if the steps in between were never reported. */
export type Effect =
  /** Money came. */
  | 'receive'
  /** The rest of the money went away again without our request. */
  | 'book_loss'
  /** The gateway's refunds are compared with ours. */
  | 'sync_refunds'
  /** Money came and went before we learned of either. Only the ledger shows it. */
  | 'pass_through';

export type Decision =
  | { readonly kind: 'move'; readonly to: AttemptStatus; readonly effects: readonly Effect[] }
  /** Nothing new, or older than the known state. */
  | { readonly kind: 'ignore'; readonly reason: string }
  /** Not credible. */
  | { readonly kind: 'refuse'; readonly reason: string }
  /** Ask the gateway, and apply its answer. */
  | { readonly kind: 'read_back' }
  /** We closed the attempt, but the gateway still takes money for it. */
  | { readonly kind: 'close_again' }
  /** The gateway reports something impossible. A person must look. */
  | { readonly kind: 'contradiction'; readonly reason: string };

const move = (to: AttemptStatus, ...effects: Effect[]): Decision => ({ kind: 'move', to, effects });
const ignore = (reason: string): Decision => ({ kind: 'ignore', reason });
const readBack: Decision = { kind: 'read_back' };
const closeAgain: Decision = { kind: 'close_again' };
const contradiction = (reason: string): Decision => ({ kind: 'contradiction', reason });
const older = ignore('older than what is known');
const same = ignore('known');

type Row = Readonly<Record<GatewayState, Decision>>;
export type Phase = 'open' | 'closed' | 'captured' | 'settled' | 'returned' | 'refunding' | 'charged_back';

/** What a callback may change, by the phase of the attempt. */
export const onCallback: Readonly<Record<Phase, Row>> = {
  open: {
    not_started: same,
    pending: move('pending'),
    review: move('review'),
    authorized: move('authorized'),
    captured: move('captured', 'receive'),
    settled: move('settled', 'receive'),
    denied: move('denied'),
    failed: move('failed'),
    expired: move('expired'),
    cancelled: move('cancelled'),
    refunded: readBack,
    partially_refunded: readBack,
    charged_back: readBack,
    partially_charged_back: readBack,
  },
  closed: row(readBack, { not_started: same, denied: same, failed: same, expired: same, cancelled: same }),
  captured: row(readBack, {
    not_started: older,
    pending: older,
    review: older,
    authorized: older,
    captured: same,
    settled: move('settled'),
  }),
  settled: row(readBack, {
    not_started: older,
    pending: older,
    review: older,
    authorized: older,
    captured: older,
    settled: same,
  }),
  returned: row(readBack, { not_started: older, pending: older, denied: same, failed: same, cancelled: same }),
  refunding: row(readBack, {
    not_started: older,
    pending: older,
    review: older,
    authorized: older,
    captured: older,
    settled: older,
  }),
  charged_back: row(readBack, { not_started: older, pending: older, review: older, authorized: older }),
};

/** What an answer read from the gateway changes, by the phase of the attempt. */
export const onReadBack: Readonly<Record<Phase, Row>> = {
  open: {
    ...onCallback.open,
    refunded: move('refunded', 'receive', 'sync_refunds'),
    partially_refunded: move('partially_refunded', 'receive', 'sync_refunds'),
    charged_back: move('charged_back', 'receive', 'book_loss'),
    partially_charged_back: move('settled', 'receive'),
  },
  closed: {
    not_started: same,
    pending: closeAgain,
    review: closeAgain,
    authorized: closeAgain,
    captured: move('captured', 'receive'),
    settled: move('settled', 'receive'),
    denied: same,
    failed: same,
    expired: same,
    cancelled: same,
    refunded: move('refunded', 'receive', 'sync_refunds'),
    partially_refunded: move('partially_refunded', 'receive', 'sync_refunds'),
    charged_back: move('charged_back', 'receive', 'book_loss'),
    partially_charged_back: move('settled', 'receive'),
  },
  captured: row(contradiction('the gateway does not know of the money'), {
    captured: same,
    settled: move('settled'),
    denied: move('reversed', 'book_loss'),
    cancelled: move('voided', 'book_loss'),
    refunded: move('refunded', 'sync_refunds'),
    partially_refunded: move('partially_refunded', 'sync_refunds'),
    charged_back: move('charged_back', 'book_loss'),
    partially_charged_back: move('settled'),
  }),
  settled: row(contradiction('the gateway does not know of the money'), {
    captured: older,
    settled: same,
    denied: move('reversed', 'book_loss'),
    cancelled: move('voided', 'book_loss'),
    refunded: move('refunded', 'sync_refunds'),
    partially_refunded: move('partially_refunded', 'sync_refunds'),
    charged_back: move('charged_back', 'book_loss'),
    partially_charged_back: same,
  }),
  returned: row(same, {
    captured: move('captured', 'receive'),
    settled: move('settled', 'receive'),
    refunded: move('refunded', 'receive', 'sync_refunds'),
    partially_refunded: move('partially_refunded', 'receive', 'sync_refunds'),
  }),
  refunding: row(older, {
    denied: move('reversed', 'book_loss'),
    cancelled: move('voided', 'book_loss'),
    refunded: move('refunded', 'sync_refunds'),
    partially_refunded: move('partially_refunded', 'sync_refunds'),
    charged_back: move('charged_back', 'book_loss'),
  }),
  charged_back: row(same, {
    settled: contradiction('the money of a chargeback is back'),
  }),
};

function row(otherwise: Decision, given: Partial<Record<GatewayState, Decision>>): Row {
  return { ...(Object.fromEntries(gatewayStates.map((state) => [state, otherwise])) as Row), ...given };
}
