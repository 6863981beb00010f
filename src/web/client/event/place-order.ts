import { type Problem, askedBy, call, endsByWaiting } from '../shared/api.ts';
import type { OrderBody, SentOrders } from '../order/sent-order.ts';
import { backOff } from '../shared/waiting.ts';

export type PlacedOrder = { readonly id: string; readonly accessToken: string };
export type Outcome =
  | { readonly kind: 'placed'; readonly order: PlacedOrder }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'given_up' };

/** What the buyer is told while the page keeps trying. */
export type Waiting = { readonly problem: Problem | undefined; readonly waitMs: number };

/** A quarter of an hour or so of growing waits: by then the rush has passed or the buyer has left. */
const triesMax = 40;

/**
 * Sends one order until it has a definite answer. Every try carries the same key and the same body, so that a try whose
 * answer was lost is found again and never bought twice.
 * @param options.pass of a waiting room; an order that is found again needs none
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
      // With another body under this key there is an order already; it is not to be sent again as a new one.
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

/** After 500 nobody knows what was written: only the same request again can tell. */
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
