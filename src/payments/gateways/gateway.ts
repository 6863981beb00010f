import type { GatewayState } from '../vocabulary.ts';
import type { BudgetPartition } from './budget.ts';
import type { Instructions } from '../tables.ts';

/**
 * The calls to a payment gateway. Everything that is known about a gateway without a call is in `gateway-plugin.ts`.
 * Every call has three possible ends: accepted, rejected, unknown. Unknown means that the gateway may have acted; then
 * the state is read back, or the same call is made with the same id, never a new one. `slow_down`: the gateway refused
 * to handle the call now, so nothing has happened there.
 */

/** An organiser's account at a gateway, with its credentials in clear: held in memory only. */
export type GatewayAccount<Credentials = unknown> = {
  /** The gateway's name in the registry. */
  readonly gateway: string;
  readonly organizerId: string;
  readonly organizerSlug: string;
  readonly merchantId: string;
  /** The account adds the gateway's fee to what buyers pay. */
  readonly buyerPaysFee: boolean;
  /** In the shape that the gateway's own `account.credentials` returns. */
  readonly credentials: Credentials;
  /** Keys that callbacks may be signed with: the present one, and for a day after a change the previous one. */
  readonly acceptedKeys: readonly string[];
};

/** One refund as the gateway lists it. */
export type GatewayRefund = { readonly key: string; readonly amount: number; readonly confirmed: boolean };

/** A gateway's statement about one attempt, in our words. Amounts in minor units. */
export type GatewayFact = {
  readonly attemptId: string;
  readonly gatewayReference: string;
  readonly merchantId: string;
  /** Everything that the buyer pays, including the gateway's own fee. */
  readonly amount: number;
  readonly currency: string;
  /** The amount as the gateway wrote it. */
  readonly statedAmount: string;
  /** False if the currency does not have its fraction; `amount` is then rounded down. */
  readonly isExact: boolean;
  /** The part of the amount that the gateway keeps as its fee from the buyer; undefined if it does not say. */
  readonly fee: number | undefined;
  readonly state: GatewayState;
  /** The signed part of the statement: success, waiting, or failure. A state outside its class is not believed. */
  readonly signedClass: 'success' | 'waiting' | 'failure';
  readonly method: string | undefined;
  readonly instructions: Instructions;
  readonly refunds: readonly GatewayRefund[];
  /** The sum of all refunds so far, if the gateway states it. */
  readonly refundedTotal: number | undefined;
};

/** Whether a gateway says that it has taken money. */
export function isPaying({ state }: Pick<GatewayFact, 'state'>): boolean {
  return state === 'captured' || state === 'settled';
}

export type Item = { readonly id: string; readonly name: string; readonly price: number; readonly quantity: number };

export type PaymentRequest = {
  readonly attemptId: string;
  readonly amount: number;
  readonly currency: string;
  readonly methods: readonly string[];
  readonly expiresInMinutes: number;
  readonly buyer: { readonly name: string; readonly email: string; readonly phone: string };
  /** The items add up to `amount`; a discount is an item with a negative price. */
  readonly items: readonly Item[];
  /** Where the buyer's browser goes afterwards; never a proof of payment. */
  readonly finishUrl: string;
};

type SlowDown = { readonly kind: 'slow_down'; readonly seconds: number };
type Unknown = { readonly kind: 'unknown'; readonly reason: string };
type Rejected = { readonly kind: 'rejected'; readonly code: string };

/** Accepted with a page of the gateway, with data that our own page shows, or with both. */
export type CreateResult =
  | { readonly kind: 'accepted'; readonly redirectUrl?: string | undefined; readonly instructions?: Instructions }
  | Rejected
  | Unknown
  | SlowDown;

export type FetchResult =
  | { readonly kind: 'fact'; readonly fact: GatewayFact }
  /** The gateway does not know the payment yet. This is not a failure. */
  | { readonly kind: 'not_started' }
  | Rejected
  | Unknown
  | SlowDown;

export type CloseResult =
  /** No money can come any more. */
  | { readonly kind: 'closed' }
  /** It cannot be closed, because this has happened instead. */
  | { readonly kind: 'fact'; readonly fact: GatewayFact }
  | Rejected
  | Unknown
  | SlowDown;

export type RefundResult =
  | { readonly kind: 'accepted' }
  /** The key was used before, or the state does not allow it. Ask for the state. */
  | { readonly kind: 'conflict' }
  /** The account has too little money now. */
  | { readonly kind: 'later' }
  | Rejected
  | Unknown
  | SlowDown;

export type PaymentGateway = {
  create(account: GatewayAccount, request: PaymentRequest): Promise<CreateResult>;
  fetch(account: GatewayAccount, attemptId: string): Promise<FetchResult>;
  /** Makes sure that no money can come. `pageOver`: the payment page has certainly expired. */
  close(
    account: GatewayAccount,
    attempt: { readonly id: string; readonly amount: number; readonly pageOver: boolean },
  ): Promise<CloseResult>;
  /** Voids a whole card payment before it settles. */
  voidCapture(account: GatewayAccount, attemptId: string): Promise<RefundResult>;
  refund(
    account: GatewayAccount,
    refund: { readonly attemptId: string; readonly key: string; readonly amount: number; readonly reason: string },
  ): Promise<RefundResult>;
};

/** A gateway behind its rate limit and its circuit breaker. */
export type GuardedGateway = PaymentGateway & {
  /**
   * Takes a slot for one call before anything is written for it.
   * @param repeated 0 for the first try, otherwise the number of calls that the repetition takes
   * @throws RetryLater if the rate or the budget for repetitions is used up, or the circuit is open
   */
  acquire(account: GatewayAccount, partition: BudgetPartition, repeated: number): Promise<void>;
};
