import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { json } from '../../../testkit/orders/order-desk.ts';
import { type OrganizerDesk, startOrganizerDesk } from '../../../testkit/orders/organizer-desk.ts';
import { order } from '../../../testkit/orders/placing.ts';

let desk: OrganizerDesk;

beforeAll(async () => {
  desk = await startOrganizerDesk();
});
afterAll(() => desk.close());

describe('access to the desk of orders', () => {
  const routes: [string, string, unknown, 'door' | 'manager'][] = [
    ['POST', '/events/EVENT/pools', { name: 'Tribune', capacity: 5 }, 'manager'],
    ['GET', '/events/EVENT/pools', undefined, 'manager'],
    ['PATCH', '/events/EVENT/pools/POOL', { blocked: 0 }, 'manager'],
    ['POST', '/events/EVENT/promo-codes', { code: 'MATRIX', kind: 'percent', value: 5 }, 'manager'],
    ['GET', '/events/EVENT/promo-codes', undefined, 'manager'],
    ['PATCH', '/events/EVENT/promo-codes/PROMO', { status: 'closed' }, 'manager'],
    ['GET', '/events/EVENT/orders', undefined, 'door'],
    ['GET', '/events/EVENT/sales', undefined, 'manager'],
    ['GET', '/orders/ORDER', undefined, 'door'],
    ['POST', '/orders/ORDER/cancellation', {}, 'manager'],
    ['PATCH', '/orders/ORDER/buyer', { email: 'matrix@example.test' }, 'manager'],
  ];

  test('differs on every route for anonymous clients, another organiser, door staff and managers', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const other = await createEvent(desk.open.db);
    const { order: placed } = await order(desk.deps, event);
    const { order: theirs } = await order(desk.deps, other);
    const promo = await desk.send('POST', `/events/${event.id}/promo-codes`, {
      code: 'KNOWN',
      kind: 'percent',
      value: 5,
    });
    const fill = (path: string, of: TestEvent, orderId: string) =>
      path
        .replace('EVENT', of.id)
        .replace('POOL', of.categories[0]?.poolId ?? '')
        .replace('PROMO', String(promo.body.id))
        .replace('ORDER', orderId);
    for (const [method, path, body, role] of routes) {
      const status = async (target: string, headers: Record<string, string>) => {
        const init = body === undefined ? { method } : json(body, method);
        const sent = body === undefined ? headers : { 'content-type': 'application/json', ...headers };
        const answer = await desk.request(target, { ...init, headers: sent });
        await answer.text();
        return answer.status;
      };
      const mine = fill(path, event, placed.id);
      expect(await status(mine, {}), `nobody ${method} ${path}`).toBe(401);
      expect(await status(mine, desk.stranger), `stranger ${method} ${path}`).toBe(404);
      expect(await status(fill(path, other, theirs.id), desk.manager), `not mine ${method} ${path}`).toBe(404);
      for (const nonsense of ['nonsense', '%00', event.id.toLowerCase()]) {
        expect(await status(path.replace(/EVENT|ORDER/, nonsense), desk.manager), `${nonsense} ${method} ${path}`).toBe(
          404,
        );
      }
      expect(await status(mine, desk.door), `door ${method} ${path}`).toBe(role === 'door' ? 200 : 403);
      expect([200, 201, 202], `manager ${method} ${path}`).toContain(await status(mine, desk.manager));
    }
    const [row] = await rowsOf(desk.open.db, sql`select status from orders where id = ${theirs.id}`);
    expect(row).toEqual({ status: 'pending_payment' });
  });
});
