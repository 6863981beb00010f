import type { Order } from '../orders/index.ts';
import type { LedgerAccount } from './vocabulary.ts';

/**
 * Double-entry postings, pure. The entries of a posting add up to zero; an amount above zero is what we have or are owed,
 * below zero what was earned or is owed. One attempt's entries together say where its money is.
 */
export type Entries = Partial<Record<LedgerAccount, number>>;

/** Money that pays for the order; what exceeds its total is owed back. */
export function salePosting(order: Pick<Order, 'subtotal' | 'discount' | 'fees' | 'total'>, received: number): Entries {
  return {
    gateway: received,
    sales: -order.subtotal,
    fees: -order.fees,
    discounts: order.discount,
    refunds_due: order.total - received,
  };
}

/** Money that pays for nothing, and is owed back whole. */
export function unearnedPosting(received: number): Entries {
  return { gateway: received, refunds_due: -received };
}

/** What was earned becomes owed. All of it turns every earning account of the attempt to zero; a part comes off sales. */
export function refundDuePosting(balances: Entries, amount: number): Entries {
  if (amount === earned(balances)) {
    return {
      sales: -(balances.sales ?? 0),
      fees: -(balances.fees ?? 0),
      discounts: -(balances.discounts ?? 0),
      refunds_due: -amount,
    };
  }
  return { sales: amount, refunds_due: -amount };
}

/** What was owed is paid: by the gateway, or by a person from the organiser's bank. */
export function refundPaidPosting(amount: number, from: 'gateway' | 'bank'): Entries {
  return { refunds_due: amount, [from]: -amount };
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

export function sumOf(entries: Entries): number {
  return Object.values(entries).reduce((sum, amount) => sum + amount, 0);
}
