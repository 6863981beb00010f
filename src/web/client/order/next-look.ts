import type { OrderView } from './order-view.ts';
import { backOff } from '../shared/calls/waiting.ts';

const ceilings = { creating: 5000, waiting: 15_000 };
const firsts = { creating: 1000, waiting: 2500 };

/**
 * Milliseconds until the order is read again: soon while something is being prepared, then less and less often, and
 * never once nothing can change by itself.
 * @param looks how often it was read since it last changed
 * @param askedMs the wait that the server asked for
 */
export function nextLook(
  order: Pick<OrderView, 'status' | 'payment'>,
  { looks, askedMs, random }: { looks: number; askedMs: number; random: number },
): number | undefined {
  const isOpen = order.status === 'pending_payment' || order.status === 'closing';
  if (!isOpen) return undefined;
  const pace = order.payment.status === 'creating' ? 'creating' : 'waiting';
  return backOff(looks, { firstMs: firsts[pace], ceilingMs: ceilings[pace], askedMs, random });
}
