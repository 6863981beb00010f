import type { PaymentRail } from '../../gateway.ts';
import { methodsWithin, refundability } from './methods.ts';
import { readCallback } from './read-callback.ts';

export const midtransRail: PaymentRail = {
  name: 'midtrans',
  readCallback,
  refundability,
  methodsWithin,
  // Snap's own limits.
  expiryMinutes: { min: 5, max: 7 * 24 * 60 },
};
