import type { MissingForPublication } from '../../catalog/errors.ts';
import type { Db } from '../../platform/database/db.ts';
import { findGateways } from './queries.ts';
import type { GatewayPlugin } from '../gateways/gateway-plugin.ts';
import { gatewayOf } from '../gateways/all-gateways.ts';
import { linesMax } from '../../orders/schemas.ts';

/** The terms of a sale that decide which amounts must be payable, in minor units. */
export type SaleTerms = {
  readonly organizerId: string;
  readonly currency: string;
  readonly holdSeconds: number;
  readonly feePerTicket: number;
  readonly ticketsPerOrderMax: number;
  /** Nothing can be ordered while it is closed. Opening it runs this check again. */
  readonly sales: 'open' | 'closed';
};

export type PricedCategory = {
  readonly id: string;
  readonly price: number;
  readonly perOrderMax: number;
  readonly status: 'on_sale' | 'closed';
};

/**
 * The reasons why no gateway of the organiser can take this sale's payments. Empty if one can, or if all tickets are free.
 * The dearest possible order decides: as many tickets as one order may have, of the dearest categories, with their fees.
 */
export async function unpayableSale(
  tx: Db,
  sale: SaleTerms,
  categories: readonly PricedCategory[],
): Promise<readonly MissingForPublication[]> {
  const highest = highestTotal(sale, categories);
  if (highest === 0 || sale.sales === 'closed') return [];
  const accounts = await findGateways(tx, sale.organizerId);
  if (accounts.length === 0) {
    return [{ code: 'payment.no_account', message: 'Tickets with a price need a payment account; set one up first.' }];
  }
  const gateways = accounts.map(gatewayOf);
  const inCurrency = gateways.filter(({ takes }) => takes.some(({ currency }) => currency === sale.currency));
  if (inCurrency.length === 0) {
    const taken = [...new Set(gateways.flatMap(({ takes }) => takes.map(({ currency }) => currency)))].join(', ');
    return [
      { code: 'payment.currency', message: `No payment gateway of yours takes ${sale.currency}; they take ${taken}.` },
    ];
  }
  const most = Math.max(...inCurrency.map((gateway) => highestPayable(gateway, sale)));
  return highest <= most ? [] : [tooMuch(sale, categories, highest, most)];
}

/** The total of the dearest possible order, in minor units; 0 if everything is free. */
export function highestTotal(sale: SaleTerms, categories: readonly PricedCategory[]): number {
  const priced = categories.filter(({ price, status }) => price > 0 && status === 'on_sale');
  let left = sale.ticketsPerOrderMax;
  let total = 0;
  for (const { price, perOrderMax } of priced.toSorted((one, other) => other.price - one.price).slice(0, linesMax)) {
    const quantity = Math.min(left, perOrderMax);
    total += quantity * (price + sale.feePerTicket);
    left -= quantity;
  }
  return total;
}

/** The largest amount that can be paid within a hold. Each payment method has its own limit. */
function highestPayable(gateway: GatewayPlugin, sale: SaleTerms): number {
  const max = gateway.takes.find(({ currency }) => currency === sale.currency)?.max ?? 0;
  return Math.min(max, gateway.methodMax(sale.holdSeconds / 60));
}

function tooMuch(
  sale: SaleTerms,
  categories: readonly PricedCategory[],
  highest: number,
  most: number,
): MissingForPublication {
  const dearest = categories.reduce((one, other) => (other.price > one.price ? other : one));
  return {
    code: 'payment.amount',
    message: `One order can cost ${highest} ${sale.currency} (minor units), and at most ${most} can be paid at once: lower the price, the fee, or the tickets per order.`,
    subjectId: dearest.id,
  };
}
