import { autoPay } from './auto-pay.ts';
import type { Midtrans } from './midtrans.ts';
import { confirmRefund } from './refund.ts';

/** After a restart: callbacks that were still owed, buyers who were about to pay, refunds the bank had yet to confirm. */
export function resume(midtrans: Midtrans): void {
  midtrans.notifier.resume();
  for (const transaction of midtrans.transactions.newest()) {
    if (transaction.status === 'not_started') autoPay(midtrans, transaction);
    for (const { key, bankConfirmedAt } of transaction.refunds) {
      if (bankConfirmedAt === undefined) confirmRefund(midtrans, transaction, key);
    }
  }
}
