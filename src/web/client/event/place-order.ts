import { type Problem, askedBy, call, endsByWaiting } from '../shared/calls/api.ts';
import type { OrderBody, SentOrders } from '../order/sent-order.ts';
import { backOff } from '../shared/calls/waiting.ts';

export type PlacedOrder = { readonly id: string; readonly accessToken: string };
export type Outcome =
  | { readonly kind: 'placed'; readonly order: PlacedOrder }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'given_up' };

/** What the buyer reads while the page retries. */
export type Waiting = { readonly problem: Problem | undefined; readonly waitMs: number };

/** About a quarter of an hour of growing waits. By then the rush is over or the buyer has left. */
const triesMax = 40;

/**
 * Sends one order until the answer is definite. All tries have one key and one body, so an order whose answer was lost is
 * found and not placed twice.
 * @param options.pass of a waiting room; finding an existing order needs none
 */
export async function placeOrder(
  sent: SentOrders,
  body: OrderBody,
  { onWait, stopSignal, pass }: { onWait(waiting: Waiting): void; stopSignal: AbortSignal; pass: string | undefined },
): Promise<Outcome> {
  const headers = {
    'idempotency-key': sent.keyOf(),
    'event-slug': body.eventSlug,
    ...(pass === undefined ? {} : { 'queue-pass': pass }),
  };
  sent.remember(body);
  for (let tries = 0; tries < triesMax && !stopSignal.aborted; tries += 1) {
    const answer = await call<PlacedOrder>('POST', '/v1/orders', { body, headers });
    if (answer.kind === 'ok') {
      sent.settle('placed');
      return { kind: 'placed', order: answer.body };
    }
    const refusal = answer.kind === 'refused' ? answer : undefined;
    if (refusal !== undefined && isDefinite(refusal.problem)) {
      // An order with this key and another body exists. It must not be sent again as a new one.
      sent.settle(refusal.problem.code === 'idempotency.key_reused' ? 'placed' : 'refused');
      return { kind: 'refused', problem: refusal.problem };
    }
    const waitMs = backOff(tries, {
      firstMs: 1500,
      ceilingMs: 30_000,
      askedMs: askedBy(answer),
      random: Math.random(),
    });
    onWait({ problem: refusal?.problem, waitMs });
    await waitOrStop(waitMs, stopSignal);
  }
  return { kind: 'given_up' };
}

/** After a 500 it is unknown whether the order was written. Only a retry with the same key can tell. */
function isDefinite(problem: Problem): boolean {
  return problem.status < 500 && !endsByWaiting(problem);
}

function waitOrStop(milliseconds: number, stopSignal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    stopSignal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
