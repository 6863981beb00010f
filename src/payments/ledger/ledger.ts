import type { Order } from '../../orders/index.ts';
import type { LedgerAccount } from '../vocabulary.ts';

/**
 * Double-entry postings, pure. The entries of a posting add up to zero; an amount above zero is what we have or are owed,
 * below zero what was earned or is owed. One attempt's entries together say where its money is.
 */
export type Entries = Partial<Record<LedgerAccount, number>>;

/** What came at once: all that the buyer paid, and the part of it that the gateway keeps. */
export type Receipt = { readonly amount: number; readonly fee: number };

/** Money that pays for the order; what exceeds its total, and is not the gateway's fee, is owed back. */
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

/** Money that pays for nothing, and is owed back but for what the gateway keeps. */
export function unearnedPosting({ amount, fee }: Receipt): Entries {
  return { gateway: amount, gateway_fees: -fee, refunds_due: fee - amount };
}

/**
 * What was earned becomes owed. All of it turns every earning account of the attempt to zero; a part comes off sales. What
 * a gateway gives back beyond that, by its own desk, comes off the fee that it had kept.
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
 * What was owed is paid: by the gateway, or by a person from the organiser's bank.
 * @param fee that the gateway gives back with it, as when it takes a card payment back before it settles
 */
export function refundPaidPosting(amount: number, from: 'gateway' | 'bank', fee = 0): Entries {
  return { refunds_due: amount, gateway_fees: fee, [from]: -(amount + fee) };
}

/** The money went away as it came: nothing is earned or owed any more. What the bank had paid meanwhile is lost. */
export function reversalPosting(balances: Entries): Entries {
  const { bank = 0, ...rest } = balances;
  const entries: Entries = Object.fromEntries(Object.entries(rest).map(([account, amount]) => [account, -amount]));
  return { ...entries, chargebacks: (entries.chargebacks ?? 0) - bank };
}

/** A cardholder's bank took the money: nothing is owed any more; what was earned stays so, with the loss beside it. */
export function chargebackPosting(balances: Entries, lost: number): Entries {
  const owed = -(balances.refunds_due ?? 0);
  return { gateway: -lost, refunds_due: owed, chargebacks: lost - owed };
}

/** What is still earned of an attempt's money. */
export function earned(balances: Entries): number {
  return -((balances.sales ?? 0) + (balances.fees ?? 0) + (balances.discounts ?? 0));
}

/** What the gateway still keeps of an attempt's money. */
export function keptFee(balances: Entries): number {
  return -(balances.gateway_fees ?? 0);
}

export function sumOf(entries: Entries): number {
  return Object.values(entries).reduce((sum, amount) => sum + amount, 0);
}
