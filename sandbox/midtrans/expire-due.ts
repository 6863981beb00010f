import type { Midtrans } from './midtrans.ts';
import { expire } from './settle.ts';
import type { Transaction } from './state.ts';

/** Closes every expired transaction. Called twice a second. */
export function expireDue(midtrans: Midtrans): void {
  for (const transaction of midtrans.transactions.open()) expireIfDue(midtrans, transaction);
}

/** Called before a read or payment, since the next sweep may come later. */
export function expireIfDue(midtrans: Midtrans, transaction: Transaction): void {
  if (transaction.expiresAt > midtrans.now()) return;
  if (transaction.status === 'not_started' || transaction.status === 'pending') expire(midtrans, transaction);
}
