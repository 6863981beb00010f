import { check, sleep } from 'k6';
import { Trend } from 'k6/metrics';
import { at, type Call, callApi, json, listOf, type Reply } from '../lib/client.ts';
import { buyerOf, idempotencyKey, iteration, type Prepared } from '../lib/data.ts';
import { bearer } from '../lib/prepare.ts';
import { browse } from './browse.ts';
import { scan } from './door.ts';

const placeOrder = new Trend('step_place_order', true);
const replayOrder = new Trend('step_replay_order', true);
const readOrder = new Trend('step_read_order', true);
const readTickets = new Trend('step_read_tickets', true);
/** From the order's answer until the gateway's payment is ready, and until the order is paid. */
const instructionsReady = new Trend('wait_payment_instructions', true);
const orderPaid = new Trend('wait_order_paid', true);

const quantity = 2;
/** The pause between two polls grows, as on the buyer's page, so that long waits do not slow everybody down. */
const pollFirstSeconds = 0.3;
const pollMaxSeconds = 2;
const pollGrowth = 1.5;
const waitSeconds = 30;
/** Share of buyers whose connection broke and who send the same order again. */
const replayEvery = 10;

/**
 * The whole way of one buyer: reads, orders, pays at the gateway (the sandbox sends the signed callback), and enters at
 * the door.
 */
export function checkout(prepared: Prepared): void {
  const number = iteration();
  browse(prepared, number);
  const order = place(prepared, number);
  if (order === undefined) return;
  const headers = bearer(order.accessToken);
  const placedAt = Date.now();
  const read = () =>
    callApi({ route: '/v1/orders/{id}', path: `/v1/orders/${order.id}`, headers, trend: readOrder, network: number });

  const pending = until(read, (body) => at(body, 'payment', 'status') !== 'creating');
  if (!check(pending, { 'the payment is ready at the gateway': (found) => found })) return;
  instructionsReady.add(Date.now() - placedAt);

  const paid = until(read, (body) => at(body, 'status') === 'paid');
  if (!check(paid, { 'the order is paid': (found) => found })) return;
  orderPaid.add(Date.now() - placedAt);

  const tickets = callApi({
    route: '/v1/orders/{id}/tickets',
    path: `/v1/orders/${order.id}/tickets`,
    headers,
    trend: readTickets,
    network: number,
  });
  const codes = listOf(tickets).map((ticket) => String(at(ticket, 'code')));
  if (!check(codes, { 'as many tickets as were ordered': ({ length }) => length === quantity })) return;
  scan(prepared, { code: codes[0] ?? '', scanId: `journey-${prepared.run}-${number}`, wanted: 'admitted' });
}

/** One order for two tickets, by a buyer of its own. */
export function sendOrder(
  { run, slug, categoryId }: Pick<Prepared, 'run' | 'slug' | 'categoryId'>,
  number: number,
  measured: Pick<Call, 'trend' | 'class'>,
): Reply {
  return callApi({
    route: '/v1/orders',
    path: '/v1/orders',
    method: 'POST',
    headers: { 'idempotency-key': idempotencyKey(run, number), 'event-slug': slug },
    body: { eventSlug: slug, buyer: buyerOf(run, number), lines: [{ ticketCategoryId: categoryId, quantity }] },
    ...measured,
    network: number,
  });
}

type Placed = { readonly id: string; readonly accessToken: string };

function place({ run, slug, categoryId }: Prepared, number: number): Placed | undefined {
  const send = (trend: Trend): Reply => sendOrder({ run, slug, categoryId }, number, { trend });
  const reply = send(placeOrder);
  if (!check(reply, { 'the order is placed': ({ status }) => status === 201 })) return undefined;
  const placed = json(reply);
  const [id, accessToken] = [at(placed, 'id'), at(placed, 'accessToken')];
  if (number % replayEvery === 0) {
    check(send(replayOrder), { 'the same order again is the same order': (again) => at(json(again), 'id') === id });
  }
  return typeof id === 'string' && typeof accessToken === 'string' ? { id, accessToken } : undefined;
}

/** Polls until the condition holds, as the buyer's page does. */
function until(read: () => Reply, isSo: (body: unknown) => boolean): boolean {
  const giveUpAt = Date.now() + waitSeconds * 1000;
  for (let pause = pollFirstSeconds; Date.now() < giveUpAt; pause = Math.min(pause * pollGrowth, pollMaxSeconds)) {
    sleep(pause);
    if (isSo(json(read()))) return true;
  }
  return false;
}
