import type { Mood } from '../parts/pieces.ts';

const moods: Readonly<Record<string, Mood>> = {
  paid: 'good',
  pending_payment: 'warn',
  closing: 'warn',
  partially_refunded: 'warn',
  cancelled: 'bad',
  expired: 'bad',
};

/** The colour of an order's status. */
export function orderMood(status: string): Mood {
  return moods[status] ?? 'plain';
}
