import { type Held, goodPass } from './held-place.ts';
import type { Phase, QueueView } from './queue-view.ts';

/** Where a buyer stands. It decides what the page shows and does next. */
export type Stage =
  /** The line is not open. An address can already be confirmed. */
  | { readonly kind: 'not_yet' }
  /** Joining is possible, and this browser has no place. */
  | { readonly kind: 'join' }
  /** A place before the freeze. */
  | { readonly kind: 'joined' }
  /** A place while the draw is under way. */
  | { readonly kind: 'drawing' }
  /** The position is known. Nobody has been called yet. */
  | { readonly kind: 'drawn'; readonly position: number }
  | { readonly kind: 'waiting'; readonly position: number }
  /** The place can be exchanged for a pass. */
  | { readonly kind: 'called'; readonly position: number }
  | { readonly kind: 'passed'; readonly expiresAt: string }
  /** Nobody else is called at present. */
  | { readonly kind: 'sold_out' }
  | { readonly kind: 'lapsed' }
  | { readonly kind: 'spent'; readonly orderId: string }
  /** The order of the place has ended unpaid, and its turn is over: once, the buyer may join again. */
  | { readonly kind: 'unpaid' }
  /** The room is over, and tickets are sold without it. */
  | { readonly kind: 'over' }
  | { readonly kind: 'all_sold' }
  /** No ticket of the event is sold any more, for example because it was cancelled. */
  | { readonly kind: 'sale_over' };

const joinable: readonly Phase[] = ['pre_queue', 'drawing', 'open'];

/**
 * The stage that follows from the document and the held place. Pure.
 * @param position of the held place, counted from 0; undefined before the draw
 */
export function stageOf(queue: QueueView, held: Held, position: number | undefined, nowMs: number): Stage {
  const isOver = position !== undefined && position < queue.lapsedBelow;
  if (held.spentBy !== undefined && !(held.isUnpaid === true && isOver))
    return { kind: 'spent', orderId: held.spentBy };
  if (queue.phase === 'over') return { kind: endOf(queue) };
  if (held.spentBy !== undefined) return { kind: 'unpaid' };
  const pass = goodPass(held, nowMs);
  if (pass !== undefined) return { kind: 'passed', expiresAt: pass.expiresAt };
  if (held.place === undefined) return withoutPlace(queue.phase);
  if (held.isLapsed === true) return { kind: 'lapsed' };
  if (position === undefined) return { kind: queue.phase === 'drawing' ? 'drawing' : 'joined' };
  if (queue.phase === 'drawing' || queue.phase === 'pre_queue') return { kind: 'drawn', position };
  if (isOver) return { kind: 'lapsed' };
  if (position < queue.serving) return { kind: 'called', position };
  return queue.phase === 'open' ? { kind: 'waiting', position } : { kind: 'sold_out' };
}

function withoutPlace(phase: Phase): Stage {
  if (phase === 'probably_sold_out') return { kind: 'sold_out' };
  return { kind: joinable.includes(phase) ? 'join' : 'not_yet' };
}

function endOf({ isSaleOver, stock }: QueueView): 'over' | 'all_sold' | 'sale_over' {
  if (isSaleOver) return 'sale_over';
  return stock === 'none' ? 'all_sold' : 'over';
}
