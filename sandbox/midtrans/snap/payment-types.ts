/** The payment methods that the sandbox can play, with the names of Snap's `enabled_payments`. */
export const paymentTypes = [
  'qris',
  'gopay',
  'shopeepay',
  'bca_va',
  'bni_va',
  'bri_va',
  'permata_va',
  'echannel',
  'credit_card',
  'indomaret',
] as const;

export type PaymentType = (typeof paymentTypes)[number];

type Refundability = 'full' | 'partial' | 'none';

/** Label for people, `payment_type` on the wire, and what the gateway gives back by API. */
export const paymentFacts: Record<PaymentType, Readonly<{ label: string; wire: string; refund: Refundability }>> = {
  qris: { label: 'QRIS', wire: 'qris', refund: 'partial' },
  gopay: { label: 'GoPay', wire: 'gopay', refund: 'partial' },
  shopeepay: { label: 'ShopeePay', wire: 'shopeepay', refund: 'full' },
  bca_va: { label: 'BCA virtual account', wire: 'bank_transfer', refund: 'none' },
  bni_va: { label: 'BNI virtual account', wire: 'bank_transfer', refund: 'none' },
  bri_va: { label: 'BRI virtual account', wire: 'bank_transfer', refund: 'none' },
  permata_va: { label: 'Permata virtual account', wire: 'bank_transfer', refund: 'none' },
  echannel: { label: 'Mandiri Bill', wire: 'echannel', refund: 'none' },
  credit_card: { label: 'Card', wire: 'credit_card', refund: 'partial' },
  indomaret: { label: 'Indomaret', wire: 'cstore', refund: 'none' },
};

/** True when Snap's `enabled_payments` allows the method; an empty list allows all. */
export function isOffered(type: PaymentType, enabled: readonly string[]): boolean {
  if (enabled.length === 0 || enabled.includes(type)) return true;
  if (type === 'qris') return enabled.includes('other_qris') || enabled.includes('gopay');
  if (type === 'indomaret') return enabled.includes('cstore');
  return paymentFacts[type].wire === 'bank_transfer' && enabled.includes('bank_transfer');
}

/** The first offered method, for a buyer without a preference. */
export function anyMethod(enabled: readonly string[]): PaymentType {
  return paymentTypes.find((type) => isOffered(type, enabled)) ?? 'qris';
}
