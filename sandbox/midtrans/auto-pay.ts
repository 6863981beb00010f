import type { Midtrans } from './midtrans.ts';
import { anyMethod } from './snap/payment-types.ts';
import { chooseMethod, deny, pay } from './settle.ts';
import type { Transaction } from './state.ts';

/** Plays the buyer if a scenario says so: picks a method and pays, is denied, or stops there. */
export function autoPay(midtrans: Midtrans, transaction: Transaction): void {
  const script = midtrans.scenarios.sectionFor('autoPay', transaction);
  if (script === undefined || midtrans.random() >= (script.probability ?? 1)) return;
  const method = script.method ?? anyMethod(transaction.enabledPayments);
  const afterMs = (script.afterMs ?? 0) + (script.jitterMs ?? 0) * midtrans.random();
  midtrans.scheduler.later(afterMs, () => {
    if (midtrans.transactions.byToken(transaction.token) !== transaction) return;
    if (script.outcome === 'pending') chooseMethod(midtrans, transaction, method);
    else if (script.outcome === 'deny') deny(midtrans, transaction);
    else if (script.outcome === 'challenge') pay(midtrans, transaction, { method: 'credit_card', challenge: true });
    else pay(midtrans, transaction, { method });
  });
}
