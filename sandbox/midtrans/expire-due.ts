import type { Midtrans } from './midtrans.ts';
import { expire } from './settle.ts';
import type { Transaction } from './state.ts';

/** Closes every transaction whose time is over. Called twice a second. */
export function expireDue(midtrans: Midtrans): void {
  for (const transaction of midtrans.transactions.open()) expireIfDue(midtrans, transaction);
}

/** So that nobody reads or pays a transaction in the moment between its end and the next sweep. */
export function expireIfDue(midtrans: Midtrans, transaction: Transaction): void {
  if (transaction.expiresAt > midtrans.now()) return;
  if (transaction.status === 'not_started' || transaction.status === 'pending') expire(midtrans, transaction);
}
