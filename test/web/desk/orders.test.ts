import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { indexOrders } from '../../../src/orders/index.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent, createOrganizer } from '../../../testkit/factories.ts';
import { type DeskBrowser, type DeskWorld, formFields, openDeskWorld } from '../../../testkit/web/desk-world.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';

/** Guards what organisers do about orders at the desk, and that nothing that a buyer typed runs there. */

let world: DeskWorld;
let manager: DeskBrowser;
let event: TestEvent;
let orderId: string;
const canary = '"><img src=x onerror=alert(1)>';
const path = (page = '') => `/desk/orders/${orderId}${page}`;
const statusOf = async (id: string) =>
  (await rowsOf<{ status: string }>(world.running.service.db, sql`select status from orders where id = ${id}`))[0]
    ?.status;

/** The gifts page places free orders, so that tickets exist without a gateway. */
async function giveTickets(name: string, email: string): Promise<string> {
  const seen = await manager.send(
    `/desk/events/${event.id}/gifts`,
    {
      'buyer.name': name,
      'buyer.email': email,
      'buyer.phone': '081234567890',
      'lines.0.ticketCategoryId': event.categories[0]?.id ?? '',
      'lines.0.quantity': '2',
    },
    { act: 'give' },
  );
  expect(seen.status, seen.html).toBe(303);
  return /ord_\w+/.exec(seen.location)?.[0] ?? '';
}

beforeAll(async () => {
  world = await openDeskWorld();
  event = await createEvent(world.running.service.db, { organizer: world.organizer });
  manager = await world.signIn(await world.addMember('manager'));
  orderId = await giveTickets('Ayu Lestari', 'ayu.lestari@example.test');
});
afterAll(() => world.close());

describe('orders at the desk', () => {
  test('tell in their story what the door decided without a network, and what was wrong with it', async () => {
    await world.running.service.db.execute(sql`
      insert into scans (event_id, actor_id, device_id, scan_id, content, ticket_id, direction, result, passed, fault, conflict, gate, offline, scanned_at)
      values (${event.id}, 'dev_gone', '', 'twice', '\\x00', ${`tkt_${orderId.slice(4)}001`}, 'entry', 'admitted', true, 'wrong_gate', true, 'South', true, now())`);
    const { html } = await manager.get(path());
    expect(html).toContain('South · Without a network · Let in twice · Should have been refused: another gate');
  });

  test('are found by a mistyped name, and the address of the search shows nothing of it', async () => {
    const clock = { now: () => new Date(Date.now() + 60_000) };
    await indexOrders({ db: world.running.service.db, log: silentLog, clock });
    const exact = await manager.send('/desk/orders', { q: 'ayu lest' }, { act: 'search' });
    expect(exact.location).not.toContain('lest');
    expect((await manager.get(exact.location)).html).toContain(path());
    const similar = await manager.send(`/desk/events/${event.id}/orders`, { q: 'Lestrai' }, { act: 'search' });
    const { html } = await manager.get(similar.location);
    expect(html).toContain('Nothing found for “Lestrai”. Near it:');
    expect(html).toContain(path());
    expect((await manager.get('/desk/orders?s=nonsense')).status).toBe(200);
  });

  test('read free where they cost nothing, on every page that shows their price', async () => {
    const category = `/desk/events/${event.id}/tickets`;
    const made = { name: 'Undangan', price: '0', poolId: event.categories[0]?.poolId ?? '' };
    expect((await manager.send(`${category}/categories/new`, made)).status).toBe(303);
    for (const page of [path(), `/desk/events/${event.id}/orders`, category, '/desk/log']) {
      const { html } = await manager.get(page);
      expect(html, page).toContain('Free');
      expect(html, page).not.toMatch(/Rp\s0\b/);
      expect((await manager.get(`${page}?lang=id`)).html, page).toContain('Gratis');
      await manager.get(`${path()}?lang=en`);
    }
  });

  test('show their story, and keep notes as text', async () => {
    const noted = await manager.send(path(), { text: `Wheelchair ${canary}` }, { act: 'note' });
    expect(noted.location).toBe(`${path()}?done=noted`);
    const { html } = await manager.get(noted.location);
    expect(html).toContain('Wheelchair &quot;&gt;&lt;img');
    expect(html).not.toContain('<img src=x');
    for (const text of ['Order placed', 'Tickets issued', 'The note is saved.']) expect(html).toContain(text);
    // No word of the API: what was done is told in the reader's language.
    const id = (await manager.get(`${path()}?lang=id`)).html;
    expect(id).toContain('Pesanan: diberikan gratis');
    expect(id).toContain('2 tiket');
    expect(id).not.toMatch(/order\.given_away|>staff</);
    await manager.get(`${path()}?lang=en`);
    const empty = await manager.send(path(), { text: '' }, { act: 'note' });
    expect(empty.status).toBe(409);
    expect(empty.html).toContain('role="alert"');
  });

  test('get a corrected address', async () => {
    const refused = await manager.send(path(), { email: 'not an address' }, { act: 'correct' });
    expect(refused.status).toBe(409);
    expect(formFields(refused.html, 'correct')['email']).toBe('not an address');
    const done = await manager.send(path(), { email: 'ayu.right@example.test' }, { act: 'correct' });
    expect(done.location).toBe(`${path()}?done=corrected`);
    expect((await manager.get(path())).html).toContain('ayu.right@example.test');
    // The phone is changed alone, and the fields begin with what is there.
    expect(formFields((await manager.get(path())).html, 'correct')).toMatchObject({
      email: 'ayu.right@example.test',
      phone: '+6281234567890',
    });
    expect((await manager.send(path(), { phone: '0812 9999 0000' }, { act: 'correct' })).status).toBe(303);
    expect((await manager.get(path())).html).toMatch(/ayu\.right@example\.test<[^]*\+6281299990000</);
    const odd = await manager.send(path(), { phone: '12345678' }, { act: 'correct' });
    expect([odd.status, odd.html.includes('id="correct-phone-error"')]).toEqual([409, true]);
  });

  test('get another name for the buyer, and for one of the tickets', async () => {
    const id = await giveTickets('Siti Rahma', 'siti@example.test');
    const refused = await manager.send(`/desk/orders/${id}`, { name: 'https://x.test' }, { act: 'rename' });
    expect(refused.status).toBe(409);
    const done = await manager.send(`/desk/orders/${id}`, { name: 'Siti Rahmawati' }, { act: 'rename' });
    expect(done.location).toBe(`/desk/orders/${id}?done=renamed`);
    const page = `/desk/orders/${id}/names`;
    expect((await manager.get(page)).html).toContain('Siti Rahmawati');
    const named = await manager.send(
      page,
      { ticketId: `tkt_${id.slice(4)}002`, holderName: 'Tari Wulan' },
      { act: 'name' },
    );
    expect(named.location).toBe(`${page}?done=renamed`);
    const { html } = await manager.get(page);
    expect(html).toMatch(/1\. [^<]*: Siti Rahmawati/);
    expect(html).toMatch(/2\. [^<]*: Tari Wulan/);
    const unknown = await manager.send(page, { ticketId: 'tkt_unknown', holderName: 'Tari' }, { act: 'name' });
    expect(unknown.status).not.toBe(303);
  });

  test('are cancelled after a step that shows the consequences', async () => {
    const id = await giveTickets('Bagus Prakoso', 'bagus@example.test');
    const step = await manager.get(`/desk/orders/${id}/cancellation`);
    expect(step.html).toContain('All tickets are taken back');
    expect(step.html).toMatch(/<dt>Tickets that are taken back<\/dt><dd>2<\/dd>/);
    expect(await statusOf(id)).toBe('paid');
    const done = await manager.send(`/desk/orders/${id}/cancellation`, {}, { act: 'cancel' });
    expect(done.status).toBe(303);
    expect(['cancelled', 'refunded']).toContain(await statusOf(id));
  });

  test('list attendees', async () => {
    const { html } = await manager.get(`/desk/events/${event.id}/attendees`);
    expect(html).toContain('Ayu Lestari');
    expect(html).toContain('Not here yet');
    expect((await manager.get(`/desk/events/${event.id}/attendees?presence=in`)).html).toContain(
      'Nobody with a ticket',
    );
    const { location } = await manager.send(`/desk/events/${event.id}/attendees`, { q: 'Ayu Les' }, { act: 'search' });
    expect(location).toMatch(new RegExp(`^/desk/events/${event.id}/orders\\?s=`));
    expect((await manager.get(location)).html).toContain(`href="${path()}"`);
  });

  test('that cost money say before they are cancelled, or their event is called off, how much goes back', async () => {
    const id = await giveTickets('Wayan Sudira', 'wayan@example.test');
    const attempt = `pay_${id.slice(4)}01`;
    const { db } = world.running.service;
    await db.execute(sql`update orders set subtotal = 700000, discount = 0, total = 700000 where id = ${id}`);
    await db.execute(sql`
      insert into payment_attempts (event_id, id, order_id, organizer_id, number, gateway, method, amount, currency, status, received)
      values (${event.id}, ${attempt}, ${id}, ${world.organizer.id}, 1, 'midtrans', 'qris', 700000, 'IDR', 'captured', 700000)`);
    await db.execute(sql`
      insert into ledger_entries (event_id, posting, account, order_id, attempt_id, amount, currency)
      values (${event.id}, ${`${attempt}:capture:1`}, 'gateway', ${id}, ${attempt}, 700000, 'IDR'),
        (${event.id}, ${`${attempt}:capture:1`}, 'sales', ${id}, ${attempt}, -700000, 'IDR')`);
    expect((await manager.get(`/desk/orders/${id}/cancellation`)).html).toMatch(/The buyer gets<\/dt><dd>Rp\s700,000</);
    const { html } = await manager.get(`/desk/events/${event.id}/call-off`);
    expect(html).toMatch(/Money that goes back to buyers<\/dt><dd>Rp\s700,000</);

    // An amount of its own takes no ticket back, and is previewed like tickets are.
    const amount = await manager.send(`/desk/orders/${id}/refund`, { amount: 'Rp 100.000' }, { act: 'preview' });
    expect(amount.location).toBe(`/desk/orders/${id}/refund/preview?amount=100000`);
    const preview = (await manager.get(amount.location)).html.replaceAll(/<[^>]+>|\s+/g, ' ');
    expect(preview).toMatch(/The buyer gets +Rp 100,000 .*Tickets that are taken back +None; .*Rp 600,000/);

    await db.execute(sql`update orders set status = 'partially_refunded' where id = ${id}`);
    const seen = await manager.get(`/desk/orders/${id}`);
    expect([seen.html.includes(`${id}/refund"`), seen.html.includes(`${id}/cancellation"`)]).toEqual([true, false]);
  });

  test('with a guest inside cannot be cancelled, which is said before the button', async () => {
    const id = await giveTickets('Komang Ayu', 'komang@example.test');
    await world.running.service.db.execute(sql`
      insert into admissions (event_id, ticket_id, admitted_at, actor_id, device_id, scan_id)
      values (${event.id}, ${`tkt_${id.slice(4)}001`}, now(), 'dev_gone', '', 'first')`);
    const { html } = await manager.get(`/desk/orders/${id}/cancellation`);
    expect(html).toContain('was used at the door');
    expect(html).not.toContain('value="cancel"');
  });
});

describe('attacks', () => {
  test('text that a buyer typed is shown as text on every page', async () => {
    await world.running.service.db.execute(sql`
      update orders set buyer_name = ${canary}, buyer_email = ${`${canary}@x.test`}, buyer_phone = ${canary} where id = ${orderId}`);
    const pages = [
      path(),
      `/desk/events/${event.id}/orders`,
      `/desk/events/${event.id}/attendees`,
      path('/cancellation'),
      `/desk/events/${event.id}/sale`,
    ];
    for (const page of pages) {
      const seen = await manager.get(page);
      expect(seen.status, page).toBe(200);
      expect(seen.html, page).not.toContain('<img src=x');
      expect(seen.headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(seen.headers.get('cache-control')).toContain('no-store');
    }
  });

  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a sibling domain', { 'sec-fetch-site': 'same-site', origin: 'https://evil.localhost' }],
    ['nowhere', {}],
  ])('a form from %s cancels nothing', async (_name, headers: Record<string, string>) => {
    const fields = formFields((await manager.get(path('/cancellation'))).html, 'cancel');
    const seen = await manager.post(path('/cancellation'), fields, headers);
    expect(seen.status).toBe(403);
    expect(await statusOf(orderId)).toBe('paid');
  });

  test('a form without the token of the session, or with that of another member, cancels nothing', async () => {
    const other = await world.signIn(await world.addMember('manager'));
    const theirs = formFields((await other.get(path('/cancellation'))).html, 'cancel')['formToken'] ?? '';
    const fields = formFields((await manager.get(path('/cancellation'))).html, 'cancel');
    for (const formToken of ['', 'x', theirs]) {
      const seen = await manager.post(path('/cancellation'), { ...fields, formToken });
      expect(seen.status, formToken).toBe(403);
    }
    expect(await statusOf(orderId)).toBe('paid');
  });

  test('another organiser sees nothing, and door staff can change nothing', async () => {
    const organizer = await createOrganizer(world.running.service.db);
    const stranger = await world.signIn(await world.addMember('owner', organizer));
    for (const page of [path(), path('/refund'), `/desk/events/${event.id}/sale`, `/desk/events/${event.id}/devices`]) {
      expect((await stranger.get(page)).status, page).toBe(404);
    }
    const door = await world.signIn(await world.addMember('door'));
    for (const page of ['/desk/team', '/desk/log', '/desk/tasks', '/desk/reports', `/desk/events/${event.id}/sale`]) {
      expect((await door.get(page)).status, page).toBe(403);
    }
  });
});
