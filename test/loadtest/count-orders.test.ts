import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { insertTickets } from '../../loadtest/bench/fill/bulk-orders.ts';
import { callbackRequest } from '../../loadtest/bench/load/callback-requests.ts';
import { countOrders } from '../../loadtest/bench/harness/count-orders.ts';
import { orderRequests } from '../../loadtest/bench/load/order-requests.ts';
import { demoMidtransAccount } from '../../sandbox/demo-accounts.ts';
import { closedLoop } from '../../loadtest/generator/closed-loop.ts';
import { readCallback } from '../../src/payments/gateways/midtrans/read-callback.ts';
import { invariants } from '../../src/invariants.ts';
import { placeOrderSchema } from '../../src/orders/schemas.ts';
import { useTestDb } from '../../testkit/services/use-test-db.ts';
import { createEvent } from '../../testkit/factories.ts';
import { order, placingDeps } from '../../testkit/orders/placing.ts';

/** A figure is void unless the answers equal the rows. These tests falsify answers to check that it is noticed. */

const { open } = await useTestDb();

const one = { tickets: 1, lines: 1 };
const created = { status: 201, headers: '', body: Buffer.alloc(0) };

test('201s of a server that writes nothing are reported', async () => {
  const event = await createEvent(open.db);
  const server = createServer((_request, response) => response.writeHead(201).end('{}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const counter = countOrders(open.db, [event.id], one);
  const result = await closedLoop({
    to: (server.address() as AddressInfo).port,
    connections: 2,
    warmupSeconds: 0,
    seconds: 1,
    next: orderRequests([{ slug: event.slug, lines: [] }]),
    onAnswer: counter.onAnswer,
  });
  server.closeAllConnections();
  server.close();
  expect(result.counted).toBeGreaterThan(0);
  expect(await counter.check()).toEqual([expect.stringMatching(/answers of 201 .* but rows .*"orders":0/)]);
});

test('answered orders that have rows are correct; one more or one fewer is a fault', async () => {
  const event = await createEvent(open.db);
  await order(placingDeps(open), event);
  await order(placingDeps(open), event);

  const exact = countOrders(open.db, [event.id], one);
  exact.onAnswer(created);
  expect(await exact.check()).toHaveLength(1);
  exact.onAnswer(created);
  expect(await exact.check()).toEqual([]);
  exact.onAnswer(created);
  expect(await exact.check()).toHaveLength(1);

  const unknown = countOrders(open.db, [event.id], one);
  unknown.onAnswer(created);
  unknown.onAnswer({ ...created, status: 503 });
  expect(await unknown.check()).toEqual([]);
});

test('the load is like that of buyers and gateways: valid orders of different buyers, callbacks with a valid signature', async () => {
  const event = await createEvent(open.db);
  const next = orderRequests([
    { slug: event.slug, lines: [{ ticketCategoryId: event.categories[0]?.id ?? '', quantity: 1 }] },
  ]);
  const [first, second] = [next(), next()].map((request) => {
    const [head = '', body = ''] = request.split('\r\n\r\n');
    expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`);
    return { key: /idempotency-key: (\S+)/.exec(head)?.[1], input: placeOrderSchema.parse(JSON.parse(body)) };
  });
  expect(first?.key).not.toBe(second?.key);
  expect(first?.input.buyer.email).not.toBe(second?.input.buyer.email);
  expect(first?.input.buyer.phone).not.toBe(second?.input.buyer.phone);

  const body = callbackRequest(event, demoMidtransAccount, 7).split('\r\n\r\n')[1] ?? '';
  expect(readCallback(Buffer.from(body), [demoMidtransAccount.serverKey])).toMatchObject({
    kind: 'fact',
    fact: { state: 'settled', amount: 150_000 },
  });
});

test('tickets that are made in bulk equal those of the product: the audit is clean, and their codes are known', async () => {
  const event = await createEvent(open.db, { categories: [{ capacity: 40, price: 0 }] });
  await insertTickets(open.db, event, { count: 40, secret: 'secret' });
  for (const invariant of invariants)
    expect([invariant.name, await invariant.find(open.db)]).toEqual([invariant.name, []]);
  const code = createHash('md5').update('secret 39').digest();
  const rows = await open.db.execute(`select id from tickets where code = decode('${code.toString('hex')}', 'hex')`);
  expect(rows).toHaveLength(1);
});
