import { strFromU8, unzipSync } from 'fflate';
import { readXlsx } from 'hucre/xlsx';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orderCode } from '../../src/platform/ids.ts';
import { rowsPerPage } from '../../src/reports/limits.ts';
import { type TestEvent, createEvent, someBuyer } from '../../testkit/factories.ts';
import { order, pay } from '../../testkit/orders/placing.ts';
import { type ReportWorld, openReportWorld, readCsv } from '../../testkit/reports/report-world.ts';

/** Guards the contents of the files: every row of every kind, once, and no cell that a spreadsheet runs. */

let world: ReportWorld;
let event: TestEvent;
const orderIds: string[] = [];
const evil = ['=HYPERLINK("http://evil")', '+1', '-1', '@SUM(A1)', "=cmd|' /C calc'!A0", '＝1', 'Ayu, "Lestari"'];

beforeAll(async () => {
  world = await openReportWorld();
  event = await createEvent(world.db, {
    organizer: world.organizer,
    event: { timeZone: 'Asia/Makassar', name: '=Senja' },
    categories: [{ name: '=1+1', capacity: 5000 }],
  });
  for (const name of evil) {
    const placed = await order(world.placing, event, { quantity: 2, buyer: { ...someBuyer(), name } });
    orderIds.push(placed.order.id);
    await pay(world.db, placed.order.id);
  }
  await addRows(orderIds[0] ?? '');
});
afterAll(() => world.close());

/** Rows of the other kinds, as their rooms write them. */
async function addRows(orderId: string): Promise<void> {
  const key = orderId.slice(4);
  await world.db.execute(sql`
    insert into payment_attempts (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status, received)
    values (${event.id}, ${`pay_${key}01`}, ${orderId}, ${world.organizer.id}, 1, 'midtrans', 'qris', 300000, 'IDR', 'settled', 300000)`);
  await world.db.execute(sql`
    insert into refunds (event_id, id, order_id, attempt_id, organizer_id, amount, currency, reason, status, gateway_refund_key, requested_by)
    values (${event.id}, 'rfd_06FJ2V1H8C9QX4T0RBVE', ${orderId}, ${`pay_${key}01`}, ${world.organizer.id}, 150000, 'IDR', 'requested',
      'done', 'key-1', 'test')`);
  await world.db.execute(sql`
    insert into ledger_entries (event_id, posting, account, order_id, attempt_id, amount, currency, posted_at)
    select ${event.id}, ${`pay_${key}01`} || entry.posting, entry.account, ${orderId}, ${`pay_${key}01`}, entry.amount, 'IDR', entry.at::timestamptz
    from (values (':capture:1', 'gateway', 300000, '2026-03-01T16:59:59Z'), (':capture:1', 'sales', -300000, '2026-03-01T16:59:59Z'),
      (':due:1', 'sales', 150000, '2026-03-01T17:00:00Z'), (':due:1', 'refunds_due', -150000, '2026-03-01T17:00:00Z'))
      as entry (posting, account, amount, at)`);
  await world.db.execute(sql`
    insert into scans (event_id, actor_id, device_id, scan_id, content, ticket_id, direction, result, passed, gate, scanned_at)
    select ${event.id}, 'key_A', 'phone', 'scan-' || n, decode('00', 'hex'), ${`tkt_${key}001`}, 'entry',
      case n when 1 then 'admitted' else 'already_used' end, n = 1, '=Gate', '2027-03-20T16:59:00Z'
    from generate_series(1, 3) n`);
  await world.db.execute(sql`
    insert into admissions (event_id, ticket_id, admitted_at, gate, actor_id, device_id, scan_id)
    values (${event.id}, ${`tkt_${key}001`}, '2027-03-20T16:59:00Z', '=Gate', 'key_A', 'phone', 'scan-1')`);
  await world.db.execute(sql`
    insert into deliveries (id, organizer_id, event_id, subject_id, template, channel, recipient_key, status, failure, next_check_at)
    values ('dlv_06FJ2V1H8C9QX4T0RBVE', ${world.organizer.id}, ${event.id}, ${orderId}, 'tickets', 'email', 'hash', 'failed', '550', null)`);
}

async function fileOf(kind: string, format: 'csv' | 'csv_semicolon' | 'xlsx', more: Record<string, unknown> = {}) {
  const asked = await world.send('POST', '/reports', { kind, format, eventId: event.id, ...more });
  expect(asked.status).toBe(202);
  await world.make();
  return world.world.fetch(`/v1/organizers/${world.organizer.slug}/reports/${asked.body.id}/file`, {
    headers: world.member,
  });
}

const csvOf = async (kind: string, more = {}) => readCsv(await (await fileOf(kind, 'csv', more)).text());

describe('each kind, against the database', () => {
  test('orders: every order once, money as numbers, phone numbers as text, times in the zone of the event and in UTC', async () => {
    const rows = await csvOf('orders');
    expect(rows.map((row) => row['order_id'])).toEqual([...orderIds].sort());
    for (const row of rows) {
      expect(row).toMatchObject({ event: "'=Senja", time_zone: 'Asia/Makassar', status: 'paid', quantity: '2' });
      expect(row).toMatchObject({ total: '300000', currency: 'IDR', tickets: '2 x =1+1' });
      expect(row['phone']).toMatch(/^'\+62/);
      expect(row['order_code']?.replace(/^'/, '')).toBe(orderCode(row['order_id'] ?? ''));
      expect(row['placed_at_utc']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      // Makassar is eight hours ahead of UTC, without changes of clocks.
      expect(Date.parse(`${row['placed_at']}Z`) - Date.parse(row['placed_at_utc'] ?? '')).toBe(8 * 3_600_000);
    }
  });

  test('attendees: every ticket once, with its admission, and without its code', async () => {
    const rows = await csvOf('attendees');
    expect(rows).toHaveLength(evil.length * 2);
    expect(new Set(rows.map((row) => row['ticket_id'])).size).toBe(evil.length * 2);
    const admitted = rows.filter((row) => row['admitted_at'] !== '');
    expect(admitted).toHaveLength(1);
    expect(admitted[0]).toMatchObject({
      admitted_at: '2027-03-21T00:59:00',
      admitted_at_utc: '2027-03-20T16:59:00Z',
      gate: "'=Gate",
    });
    expect(Object.keys(rows[0] ?? {})).not.toContain('code');
  });

  test('payments, refunds, check-ins and deliveries', async () => {
    expect(await csvOf('payments')).toMatchObject([
      { order_id: orderIds[0], status: 'settled', received: '300000', method: 'qris' },
    ]);
    expect(await csvOf('refunds')).toMatchObject([{ order_id: orderIds[0], amount: '150000', status: 'done' }]);
    const scans = await csvOf('check_ins');
    expect(scans.map((row) => row['result'])).toEqual(['admitted', 'already_used', 'already_used']);
    expect(scans[0]?.['order_code']?.replace(/^'/, '')).toBe(orderCode(orderIds[0] ?? ''));
    const mails = await csvOf('deliveries');
    expect(mails).toMatchObject([{ order_id: orderIds[0], message: 'tickets', status: 'failed' }]);
    expect(mails[0]?.['address']).toMatch(/@example.test$/);
  });

  test('the ledger: periods that follow each other have each entry once, and each posting adds up to zero', async () => {
    const midnight = '2026-03-02T00:00:00+07:00';
    const before = await csvOf('ledger', { filters: { to: midnight } });
    const after = await csvOf('ledger', { filters: { from: midnight } });
    const entries = (rows: typeof before) =>
      rows.map((row) => [row['posting']?.split(':')[1], row['account'], row['amount']]);
    expect(entries(before)).toEqual([
      ['capture', 'gateway', '300000'],
      ['capture', 'sales', '-300000'],
    ]);
    expect(entries(after)).toEqual([
      ['due', 'refunds_due', '-150000'],
      ['due', 'sales', '150000'],
    ]);
    expect(before[0]).toMatchObject({
      order_id: orderIds[0],
      payment_id: `pay_${orderIds[0]?.slice(4)}01`,
      currency: 'IDR',
    });
    expect(entries(await csvOf('ledger', { filters: { status: 'refunds_due' } }))).toEqual([entries(after)[0]]);
  });

  test('filters: status, and the time of the kind; another event and another organizer are left out', async () => {
    expect(await csvOf('check_ins', { filters: { status: 'admitted' } })).toHaveLength(1);
    expect(await csvOf('check_ins', { filters: { from: '2027-03-20T17:00:00Z' } })).toHaveLength(0);
    expect(await csvOf('orders', { filters: { to: '2020-01-01T00:00:00Z' } })).toHaveLength(0);
    const other = await createEvent(world.db, { organizer: world.organizer });
    const foreign = await createEvent(world.db);
    const placed = await order(world.placing, other);
    await order(world.placing, foreign);
    expect(await csvOf('orders', { eventId: other.id })).toMatchObject([{ order_id: placed.order.id }]);
    const all = await csvOf('orders', { eventId: undefined });
    expect(new Set(all.map((row) => row['order_id']))).toEqual(new Set([...orderIds, placed.order.id]));
  });
});

test('CSV with semicolons has the cells of CSV with commas, and the name and type of a CSV file', async () => {
  const answer = await fileOf('orders', 'csv_semicolon');
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(answer.headers.get('content-disposition')).toMatch(/\.csv"$/);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.subarray(0, 3)).toEqual(Buffer.from('\uFEFF'));
  const text = bytes.toString('utf8');
  const [header = ''] = text.split('\r\n');
  expect(header).toContain(';');
  expect(header).not.toContain(',');
  const rows = readCsv(text, ';');
  expect(rows).toHaveLength(evil.length);
  expect(rows).toEqual(await csvOf('orders'));
});

describe('formulas', () => {
  test('no field of a CSV file begins as a formula does', async () => {
    const text = await (await fileOf('orders', 'csv')).text();
    for (const row of readCsv(text)) {
      for (const field of Object.values(row)) expect(field).not.toMatch(/^\s*[=+\-@＝＋－＠\t\r]/);
    }
  });

  test('an XLSX file has no formula; text stays as it was, money is a number and a time a date', async () => {
    const answer = await fileOf('orders', 'xlsx');
    expect(answer.headers.get('content-type')).toContain('spreadsheetml');
    const book = await readXlsx(new Uint8Array(await answer.arrayBuffer()));
    const [header = [], ...rows] = book.sheets[0]?.rows ?? [];
    const at = (row: readonly unknown[], name: string) => row[header.indexOf(name)];
    expect(rows).toHaveLength(evil.length);
    expect(rows.map((row) => at(row, 'name'))).toEqual([...evil]);
    for (const row of rows) {
      expect(at(row, 'total')).toBe(300_000);
      expect(at(row, 'phone')).toMatch(/^\+62\d+$/);
      const [local, utc] = [at(row, 'placed_at') as Date, at(row, 'placed_at_utc')];
      expect(Math.abs(local.getTime() - 8 * 3_600_000 - Date.parse(String(utc)))).toBeLessThan(1000);
    }
    expect([...(book.sheets[0]?.cells?.values() ?? [])].filter((cell) => cell.formula !== undefined)).toEqual([]);
  });
});

test('an XLSX file holds no character that XML forbids, whatever a name has', async () => {
  const odd = await createEvent(world.db, { organizer: world.organizer });
  for (const name of ['Ayu\uffff', '\ufffeAyu', 'A\uffff\ufffe\uffffyu', 'Ay\u0007u'])
    await order(world.placing, odd, { buyer: { ...someBuyer(), name } });
  const file = new Uint8Array(await (await fileOf('orders', 'xlsx', { eventId: odd.id })).arrayBuffer());
  const parts = Object.values(unzipSync(file)).map((part) => strFromU8(part));
  expect(parts.join('')).toContain('Ayu');
  for (const part of parts) expect(part).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
});

test.each(['csv', 'xlsx'] as const)('a HEAD of a file (%s) holds no place of a download', async (format) => {
  const { body } = await world.send('POST', '/reports', { kind: 'orders', format, eventId: event.id });
  await world.make();
  const path = `/v1/organizers/${world.organizer.slug}/reports/${body.id}/file`;
  for (let time = 0; time < 6; time += 1) {
    const head = await world.world.fetch(path, { method: 'HEAD', headers: world.member });
    expect([head.status, Number(head.headers.get('content-length')) > 0]).toEqual([200, true]);
  }
});

test('a report continues over more rows than one page', async () => {
  const big = await createEvent(world.db, { organizer: world.organizer, categories: [{ capacity: 5000 }] });
  const count = rowsPerPage * 2 + 3;
  await Promise.all(Array.from({ length: count }, () => order(world.placing, big)));
  const rows = await csvOf('orders', { eventId: big.id });
  expect(rows).toHaveLength(count);
  expect(new Set(rows.map((row) => row['order_id'])).size).toBe(count);
});
