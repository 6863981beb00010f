import type { PlaceOrderDeps } from '../../src/orders/placement/place-order.ts';
import type { OpenDb } from '../../src/platform/database/db.ts';
import type { TestEvent } from '../factories.ts';
import { type OrderDesk, bearer, json, tokenOf } from './order-desk.ts';
import { order, pay } from './placing.ts';

/** An order of two tickets, and the headers that open it. */
export type Sold = { readonly event: TestEvent; readonly id: string; readonly headers: Record<string, string> };

/** Places an order of two tickets of the event, and pays it unless told otherwise. */
export async function sellOrder(
  { open, deps, desk }: { readonly open: OpenDb; readonly deps: PlaceOrderDeps; readonly desk: OrderDesk },
  event: TestEvent,
  isPaid = true,
): Promise<Sold> {
  const { order: placed } = await order(deps, event, { quantity: 2 });
  if (isPaid && placed.status !== 'paid') await pay(open.db, placed.id);
  return { event, id: placed.id, headers: bearer(tokenOf(desk, placed.id)) };
}

export const soldTicket = ({ id }: Sold, number: number): string => `tkt_${id.slice(4)}00${number}`;

/** A request to the desk's service with a JSON body, if one is given. An empty answer is undefined. */
export async function ask(
  desk: OrderDesk,
  path: string,
  given: { readonly headers?: Record<string, string>; readonly method?: string; readonly body?: unknown } = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  const { headers = {}, body } = given;
  const request = body === undefined ? { headers: {} } : json(body);
  const answer = await desk.app.request(path, {
    ...request,
    method: given.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...request.headers, ...headers },
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}
