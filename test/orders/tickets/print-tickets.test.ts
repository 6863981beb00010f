import { afterAll, describe, expect, test } from 'vitest';
import type { TicketsPdfInput } from '../../../src/orders/tickets/draw-ticket.ts';
import { createTicketPrinter, drawMsMax } from '../../../src/orders/tickets/print-tickets.ts';
import { renderTickets } from '../../../src/orders/tickets/render-tickets.ts';
import { patientPrinter } from '../../../testkit/processes/helpers.ts';
import { printedEvent } from '../../../testkit/orders/printed-event.ts';

/** Guards that tickets are drawn beside the event loop, once per order and version, and never given to another order. */

/** Waits for a busy machine instead of refusing. The time that a drawing takes is measured in processor time below. */
const printer = createTicketPrinter(patientPrinter);
const testMsMax = 180_000;
afterAll(() => printer.close());

const input = (id: string, tickets = 1): TicketsPdfInput => ({
  event: printedEvent,
  order: { code: `9QX4T-0R${id}`, buyerName: `Ayu ${id}`, locale: 'id', placedAt: new Date(0) },
  tickets: Array.from({ length: tickets }, () => ({
    code: '7K3M9XQ206FJ2V1H8C9QX4T0RB',
    shortCode: '7K3M9XQ206FJ2V1H8C9QX4T0RB',
    categoryName: 'Festival',
  })),
});

/** After the pages of a large order the helper rests for less than this. */
const rested = () => new Promise((resolve) => setTimeout(resolve, 500));

test('one order and version is drawn once, for concurrent and later requests', async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => printer.print('ord_A', 'v1', input('AAA'))));
  expect(new Set(all).size).toBe(1);
  expect(await printer.print('ord_A', 'v1', input('AAA'))).toBe(all[0]);
  expect(
    Buffer.from(all[0] ?? [])
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');
});

test('another order or version has its own pages', async () => {
  const [first, otherOrder, otherVersion] = [
    await printer.print('ord_B', 'v1', input('BBB')),
    await printer.print('ord_C', 'v1', input('CCC')),
    await printer.print('ord_B', 'v2', input('BBB', 2)),
  ];
  expect(Buffer.from(first).equals(Buffer.from(otherOrder))).toBe(false);
  expect(otherVersion.length).toBeGreaterThan(first.length);
});

test('a hundred tickets are drawn while the event loop goes on', async () => {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 5);
  const started = performance.now();
  await printer.print('ord_D', 'v1', input('DDD', 100));
  clearInterval(timer);
  // The control is in test/platform/resilience/helper-processes.test.ts: work on the loop itself leaves no turn at all.
  expect(turns).toBeGreaterThan((performance.now() - started) / 5 / 4);
});

test(
  'the queue is counted in tickets, and requests beyond it are refused with Retry-After',
  async () => {
    await rested();
    const orders = Array.from({ length: 16 }, (_, index) => `ord_E${index}`);
    const refused: unknown[] = [];
    const asked = orders.map((order) =>
      printer.print(order, 'v1', input('EEE', 100)).catch((error) => refused.push(error)),
    );
    // At once: before anything is drawn, and before anybody has waited for long.
    await new Promise((resolve) => setImmediate(resolve));
    // One is being drawn and ten times a hundred may wait.
    expect(refused).toHaveLength(5);
    // If its pages are not cached, the caller is refused before anything is read for it.
    expect([printer.takes('ord_new'), printer.takes('ord_A')]).toEqual([false, true]);
    for (const reason of refused) {
      expect(reason).toMatchObject({ code: 'service.busy', retryAfterSeconds: 3, details: { work: 'tickets_pdf' } });
    }
    await Promise.all(asked);
    expect(printer.takes('ord_new')).toBe(true);
    // A refusal is not remembered.
    await expect(printer.print('ord_E15', 'v1', input('EEE'))).resolves.toBeInstanceOf(Uint8Array);
  },
  testMsMax,
);

describe.each(['حفلة أم كلثوم في القاهرة', '東京ドームコンサート', 'Senja di Selatan'])(
  'the largest order: %s',
  (name) => {
    const { event, order, tickets } = input('FFF', 200);
    const written = { event: { ...event, name }, order: { ...order, buyerName: name }, tickets };

    test('is drawn within the memory of its helper', { timeout: testMsMax }, async () => {
      await rested();
      await expect(printer.print(`ord_F${name}`, 'v1', written)).resolves.toBeInstanceOf(Uint8Array);
    });

    test('takes less processor time than its helper has time', { timeout: testMsMax }, async () => {
      const before = process.cpuUsage();
      await renderTickets(written);
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1000).toBeLessThan(drawMsMax);
    });
  },
);
