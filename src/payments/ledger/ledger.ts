import type { Order } from '../../orders/index.ts';
import type { LedgerAccount } from '../vocabulary.ts';

/**
 * Double-entry postings. Pure. The entries of a posting add up to zero. A positive amount is money that we have or are
 * owed; a negative one was earned or is owed by us. All entries of an attempt together show where its money is.
 */
export type Entries = Partial<Record<LedgerAccount, number>>;

/** Money received at once: the whole payment, and the part of it that the gateway keeps. */
export type Receipt = { readonly amount: number; readonly fee: number };

/** Money that pays for the order. What exceeds its total and is not the gateway's fee is owed back. */
export function salePosting(
  order: Pick<Order, 'subtotal' | 'discount' | 'fees' | 'total'>,
  { amount, fee }: Receipt,
): Entries {
  return {
    gateway: amount,
    gateway_fees: -fee,
    sales: -order.subtotal,
    fees: -order.fees,
    discounts: order.discount,
    refunds_due: order.total - (amount - fee),
  };
}

/** Money that pays for nothing. All of it except the gateway's fee is owed back. */
export function unearnedPosting({ amount, fee }: Receipt): Entries {
  return { gateway: amount, gateway_fees: -fee, refunds_due: fee - amount };
}

/**
 * Earned money becomes owed. The whole amount sets every earning account of the attempt to zero; a part reduces sales. What
 * a gateway refunds beyond that at its own dashboard reduces the fee that it had kept.
 */
export function refundDuePosting(balances: Entries, amount: number): Entries {
  const left = earned(balances);
  if (amount < left) return { sales: amount, refunds_due: -amount };
  const ofFee = Math.min(amount - left, keptFee(balances));
  return {
    sales: amount - left - ofFee - (balances.sales ?? 0),
    fees: -(balances.fees ?? 0),
    discounts: -(balances.discounts ?? 0),
    gateway_fees: ofFee,
    refunds_due: -amount,
  };
}

/**
 * Owed money was paid back, by the gateway or by a person from the organiser's bank.
 * @param fee that the gateway also gives back, for example when it voids a card payment before settlement
 */
export function refundPaidPosting(amount: number, from: 'gateway' | 'bank', fee = 0): Entries {
  return { refunds_due: amount, gateway_fees: fee, [from]: -(amount + fee) };
}

/** The payment is undone: nothing is earned or owed any more. A refund that the bank has paid meanwhile is a loss. */
export function reversalPosting(balances: Entries): Entries {
  const { bank = 0, ...rest } = balances;
  const entries: Entries = Object.fromEntries(Object.entries(rest).map(([account, amount]) => [account, -amount]));
  return { ...entries, chargebacks: (entries.chargebacks ?? 0) - bank };
}

/**
 * The cardholder's bank took back what the gateway had. Nothing is owed any more. Earned money stays earned, with the loss
 * as its counterpart.
 */
export function chargebackPosting({ gateway = 0, refunds_due: due = 0 }: Entries): Entries {
  return { gateway: -gateway, refunds_due: -due, chargebacks: gateway + due };
}

/** The cardholder's bank took a part back. It is lost, and what was earned stays earned, as after a whole chargeback. */
export function partialChargebackPosting(amount: number): Entries {
  return { gateway: -amount, chargebacks: amount };
}

/** The part of an attempt's money that is still earned. */
export function earned(balances: Entries): number {
  return -((balances.sales ?? 0) + (balances.fees ?? 0) + (balances.discounts ?? 0));
}

/** The part of an attempt's money that the gateway still keeps. */
function keptFee(balances: Entries): number {
  return -(balances.gateway_fees ?? 0);
}

export function sumOf(entries: Entries): number {
  return Object.values(entries).reduce((sum, amount) => sum + amount, 0);
}
