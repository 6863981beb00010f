import type { AmountLimit, Refundability } from '../gateway-plugin.ts';

/** The virtual accounts that buyers choose by their bank. `bank_transfer` stands for all of them, on the gateway's page. */
export const banks = {
  bca_va: 'bca',
  bni_va: 'bni',
  bri_va: 'bri',
  permata_va: 'permata',
  mandiri_bill: 'mandiri',
} as const;
type Bank = keyof typeof banks;
type Method = 'qris' | 'gopay' | 'shopeepay' | 'card' | 'bank_transfer' | 'store' | Bank;

/** The highest amount of one payment, in rupiah. A card or a virtual account takes at most nine digits. */
const rupiahMax = 999_999_999;

/** Only whole rupiah, because Snap has no field for a currency. */
export const takes: readonly AmountLimit[] = [{ currency: 'IDR', min: 1, max: rupiahMax, step: 1 }];

type Offer = { readonly snap: readonly string[]; readonly minutesMin: number; readonly rupiahMax: number };

/**
 * Snap's name of each method, how long it needs, and the most that one payment may be: Bank Indonesia's limit for QRIS,
 * the wallets' for buyers with a known identity, the tills' for cash.
 */
const offers: Record<Method, Offer> = {
  qris: { snap: ['other_qris', 'gopay'], minutesMin: 0, rupiahMax: 10_000_000 },
  gopay: { snap: ['gopay'], minutesMin: 0, rupiahMax: 20_000_000 },
  shopeepay: { snap: ['shopeepay'], minutesMin: 0, rupiahMax: 20_000_000 },
  card: { snap: ['credit_card'], minutesMin: 0, rupiahMax },
  // Transfers and stores are paid elsewhere, and only a person can pay them back, so they need more time.
  bank_transfer: { snap: ['bank_transfer', 'echannel'], minutesMin: 10, rupiahMax },
  bca_va: { snap: ['bca_va'], minutesMin: 10, rupiahMax },
  bni_va: { snap: ['bni_va'], minutesMin: 10, rupiahMax },
  bri_va: { snap: ['bri_va'], minutesMin: 10, rupiahMax },
  permata_va: { snap: ['permata_va'], minutesMin: 10, rupiahMax },
  mandiri_bill: { snap: ['echannel'], minutesMin: 10, rupiahMax },
  store: { snap: ['cstore'], minutesMin: 25, rupiahMax: 5_000_000 },
};

/** Offered by default only if there is time, because a late transfer cannot be refunded by API. */
const unaskedMinutesMin: Partial<Record<Method, number>> = { bank_transfer: 30, store: 30 };

export const methods: readonly Method[] = [
  'qris',
  'gopay',
  'shopeepay',
  'card',
  'bank_transfer',
  'bca_va',
  'bni_va',
  'bri_va',
  'mandiri_bill',
  'permata_va',
  'store',
];

export function methodsFor(
  { minutes, amount }: { readonly minutes: number; readonly amount: number },
  wish: string,
): readonly Method[] {
  const fits = (method: Method, minutesMin: number) => minutes >= minutesMin && amount <= offers[method].rupiahMax;
  if (wish !== 'any') return methods.filter((method) => method === wish && fits(method, offers[method].minutesMin));
  return methods.filter(
    (method) => !(method in banks) && fits(method, unaskedMinutesMin[method] ?? offers[method].minutesMin),
  );
}

/** The most that one payment may be within so many minutes, with any method. */
export function methodMax(minutes: number): number {
  const inTime = methods.filter((method) => minutes >= offers[method].minutesMin);
  return Math.max(0, ...inTime.map((method) => offers[method].rupiahMax));
}

export function enabledPayments(wanted: readonly string[]): string[] {
  return [...new Set(methods.filter((method) => wanted.includes(method)).flatMap((method) => offers[method].snap))];
}

const wire: Readonly<Record<string, string>> = {
  credit_card: 'card',
  bank_transfer: 'bank_transfer',
  echannel: 'bank_transfer',
  cstore: 'store',
};

/** The callback's `payment_type` in our words. A wallet or bank that we do not name keeps its kind. */
export function methodOf(
  paymentType: string | undefined,
  { store, bank }: { readonly store?: string | undefined; readonly bank?: string | undefined },
): string | undefined {
  if (paymentType === undefined) return store === undefined ? undefined : 'store';
  const type = paymentType.toLowerCase();
  if (wire[type] === 'bank_transfer')
    return methods.find((name) => name in banks && banks[name as Bank] === bank) ?? wire[type];
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

/** What Midtrans refunds by API for a payment made with this method. A person refunds unknown methods. */
export function refundability(method: string): Refundability {
  return refundable[method] ?? 'none';
}
