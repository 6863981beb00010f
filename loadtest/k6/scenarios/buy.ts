import { check, sleep } from 'k6';
import { at, callApi, json } from '../lib/client.ts';
import { iteration } from '../lib/data.ts';
import { bearer } from '../lib/prepare.ts';
import type { PreparedSurge } from '../lib/prepare-surge.ts';
import { readAgainShare } from '../lib/surge-profile.ts';
import { sendOrder } from './checkout.ts';

/** When a buyer reads the order again. */
const lookAfterSeconds = 2;

/** One order; some buyers read it again. The sandbox pays two of three. */
export function buy(prepared: PreparedSurge): void {
  const number = iteration();
  const reply = sendOrder(prepared, number, { class: 'orders' });
  if (!check(reply, { 'an order is placed': ({ status }) => status === 201 })) return;
  if (Math.floor((number + 1) * readAgainShare) === Math.floor(number * readAgainShare)) return;
  sleep(lookAfterSeconds);
  const placed = json(reply);
  const read = callApi({
    route: '/v1/orders/{id}',
    path: `/v1/orders/${String(at(placed, 'id'))}`,
    headers: bearer(String(at(placed, 'accessToken'))),
    class: 'status',
    network: number,
  });
  check(read, { 'an order is read': ({ status }) => status === 200 });
}
