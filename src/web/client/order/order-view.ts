import type { OrderStatus } from '../../i18n/words/order/order.ts';

const hourMs = 3_600_000;

/** The order and its tickets, as the API's contract has them. */
export type Money = { readonly amount: number; readonly currency: string };

export type PaymentView = {
  readonly status:
    | 'creating'
    | 'pending'
    | 'paid'
    | 'failed'
    | 'expired'
    | 'refunded'
    | 'partially_refunded'
    | 'review'
    | 'none';
  readonly method: string;
  readonly redirectUrl?: string;
  readonly qrString?: string;
  readonly vaNumber?: string;
  readonly bank?: string;
  readonly billKey?: string;
  readonly billerCode?: string;
  /** The payment methods that can be chosen now. */
  readonly methods?: readonly string[];
  readonly expiresAt?: string;
  /** What has gone back so far. */
  readonly refunded?: Money;
};

export type OrderView = {
  readonly id: string;
  readonly code: string;
  readonly status: OrderStatus;
  readonly eventSlug: string;
  readonly buyer: { readonly name: string; readonly email: string; readonly phone: string };
  readonly lines: readonly {
    readonly ticketCategoryId: string;
    readonly name: string;
    readonly nameEn?: string;
    readonly quantity: number;
    readonly unitPrice: Money;
  }[];
  readonly subtotal: Money;
  readonly discount: Money;
  readonly fees: Money;
  readonly total: Money;
  readonly expiresAt: string;
  readonly payment: PaymentView;
};

export type TicketView = {
  readonly id: string;
  readonly code: string;
  readonly shortCode: string;
  readonly ticketCategoryId: string;
  readonly status: 'live' | 'revoked';
  readonly holderName: string | null;
};

export type EventView = {
  readonly name: string;
  readonly nameEn: string | null;
  readonly venue: string;
  readonly city: string;
  readonly startsAt: string;
  readonly timeZone: string;
  readonly status: string;
  readonly isPostponed: boolean;
  readonly refundableUntilHours: number | null;
};

type Texts = { readonly id: string; readonly en: string };

export type SellerView = {
  readonly name: string;
  readonly contact: { readonly email: string | null; readonly phone: string | null };
  readonly privacy: Texts;
  readonly terms: Texts;
};

/**
 * Whether the buyer may cancel the order now, as far as its event says. The service decides when it is asked.
 * @param event undefined until it is read
 */
export function mayCancel({ status }: OrderView, event: EventView | undefined, nowMs: number): boolean {
  if (status === 'pending_payment') return true;
  if (status !== 'paid' || event === undefined || event.refundableUntilHours === null) return false;
  // An event without a date is not near.
  return event.isPostponed || nowMs < Date.parse(event.startsAt) - event.refundableUntilHours * hourMs;
}

/** Whether the order has tickets to show. */
export const hasTickets = ({ status }: OrderView) => status === 'paid' || status === 'partially_refunded';
