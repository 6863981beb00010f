import type { PaymentRail } from '../gateway.ts';
import { methodMax, methodsFor, refundability, rupiahMax } from './methods.ts';
import { readCallback } from './read-callback.ts';

export const midtransRail: PaymentRail = {
  name: 'midtrans',
  readCallback,
  refundability,
  methodMax,
  methodsFor,
  // Whole rupiah and nothing else: Snap has no field for a currency.
  takes: [{ currency: 'IDR', min: 1, max: rupiahMax }],
  // Snap's own limits.
  expiryMinutes: { min: 5, max: 7 * 24 * 60 },
};
