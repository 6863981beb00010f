import type { PaymentRail } from '../gateways/gateway.ts';

/** Whether a gateway takes this amount of this currency. */
export function takes(
  rail: Pick<PaymentRail, 'takes'>,
  { amount, currency }: { readonly amount: number; readonly currency: string },
): boolean {
  return rail.takes.some((taken) => taken.currency === currency && amount >= taken.min && amount <= taken.max);
}
