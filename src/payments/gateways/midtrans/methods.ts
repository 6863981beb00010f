import type { Refundability } from '../../gateway.ts';
import type { PaymentMethod } from '../../vocabulary.ts';

type Method = Exclude<PaymentMethod, 'any'>;

/** What Snap calls each way to pay, how long it needs, and what it gives back by API. */
const offers: Record<Method, { readonly snap: readonly string[]; readonly minutesMin: number }> = {
  qris: { snap: ['other_qris', 'gopay'], minutesMin: 0 },
  gopay: { snap: ['gopay'], minutesMin: 0 },
  shopeepay: { snap: ['shopeepay'], minutesMin: 0 },
  card: { snap: ['credit_card'], minutesMin: 0 },
  // Transfers and stores are paid elsewhere, and their money comes back by a person's hand only: not in a hurry.
  bank_transfer: { snap: ['bank_transfer', 'echannel'], minutesMin: 10 },
  store: { snap: ['cstore'], minutesMin: 25 },
};

/** Offered unasked only when there is time, since a late transfer cannot be refunded by API. */
const unaskedMinutesMin: Partial<Record<Method, number>> = { bank_transfer: 30, store: 30 };

const all: readonly Method[] = ['qris', 'gopay', 'shopeepay', 'card', 'bank_transfer', 'store'];

export function methodsWithin(minutes: number, wish: PaymentMethod): readonly Method[] {
  if (wish !== 'any') return minutes >= offers[wish].minutesMin ? [wish] : [];
  return all.filter((method) => minutes >= (unaskedMinutesMin[method] ?? offers[method].minutesMin));
}

export function enabledPayments(methods: readonly Method[]): string[] {
  return [...new Set(methods.flatMap((method) => offers[method].snap))];
}

const wire: Readonly<Record<string, string>> = {
  credit_card: 'card',
  bank_transfer: 'bank_transfer',
  echannel: 'bank_transfer',
  cstore: 'store',
};

/** The callback's `payment_type` in our words; a wallet that we do not name keeps its own. */
export function methodOf(paymentType: string | undefined, store: string | undefined): string | undefined {
  if (paymentType === undefined) return store === undefined ? undefined : 'store';
  const type = paymentType.toLowerCase();
  return wire[type] ?? (/^[a-z_]{2,30}$/.test(type) ? type : undefined);
}

const refundable: Readonly<Record<string, Refundability>> = {
  card: 'partial',
  gopay: 'partial',
  qris: 'partial',
  dana: 'partial',
  kredivo: 'partial',
  akulaku: 'partial',
  shopeepay: 'full',
  ovo: 'full',
};

/** What Midtrans gives back by API for a payment made this way; what we do not know, a person must do. */
export function refundability(method: string): Refundability {
  return refundable[method] ?? 'none';
}
