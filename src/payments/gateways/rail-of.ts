import { invariant } from '../../platform/assert.ts';
import type { PaymentRail } from './gateway.ts';
import { midtransRail } from './midtrans/rail.ts';

const rails: readonly PaymentRail[] = [midtransRail];

/** What is known of an attempt's gateway without asking it. */
export function railOf({ gateway }: { readonly gateway: string }): PaymentRail {
  const rail = rails.find(({ name }) => name === gateway);
  invariant(rail !== undefined, 'an attempt is at a gateway that is known');
  return rail;
}

/** The gateway that new attempts are made at. */
export const gatewayOfNewAttempts = 'midtrans';

/** The highest total of an order that it takes, by currency, in minor units. */
export const totalMaxes: Readonly<Record<string, number>> = Object.fromEntries(
  railOf({ gateway: gatewayOfNewAttempts }).takes.map(({ currency, max }) => [currency, max]),
);
