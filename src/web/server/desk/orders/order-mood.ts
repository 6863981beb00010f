import type { Mood } from '../parts/pieces.ts';

const moods: Readonly<Record<string, Mood>> = {
  paid: 'good',
  pending_payment: 'warn',
  closing: 'warn',
  partially_refunded: 'warn',
  cancelled: 'bad',
  expired: 'bad',
};

/** How good the state of an order is. */
export function orderMood(status: string): Mood {
  return moods[status] ?? 'plain';
}
