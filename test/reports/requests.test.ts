import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { sendDelivery } from '../../src/notifications/index.ts';
import { createEmailChannel } from '../../src/notifications/channels/email.ts';
import { reportMail } from '../../src/notifications/templates/report-mail.ts';
import { createDeliveries } from '../../src/notifications/deliveries/deliveries.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { createReportMailOf } from '../../src/reports/index.ts';
import { openReportsMax } from '../../src/reports/limits.ts';
import { reportLink } from '../../src/reports/downloads/report-link.ts';
import { startSandbox } from '../../sandbox/start-sandbox.ts';
import { createEvent, createOrganizer } from '../../testkit/factories.ts';
import { inbox, mailOptions } from '../../testkit/notifications/notification-world.ts';
import { order } from '../../testkit/orders/placing.ts';
import {
  type ReportWorld,
  auditOf,
  openReportWorld,
  programOf,
  reportStatus,
  stagedCount,
} from '../../testkit/reports/report-world.ts';
import { testTicketKeys } from '../../testkit/check-in/ticket-keys.ts';

/** Guards who may request, see, end and open a report. */

let world: ReportWorld;

beforeAll(async () => {
  world = await openReportWorld();
  const event = await createEvent(world.db, { organizer: world.organizer });
  await order(world.placing, event);
});
afterAll(() => world.close());
beforeEach(() =>
  world.db.execute(
    sql`update reports set status = 'cancelled', lease_until = null where status in ('waiting', 'making')`,
  ),
);

const ask = async (body: Record<string, unknown> = { kind: 'orders', format: 'csv' }) =>
  (await world.send('POST', '/reports', body)).body.id as string;
const tokenOf = (url: string) => new URLSearchParams(new URL(url).hash.slice(1)).get('token') ?? '';
const openLink = (token: string) => world.call('POST', '/v1/report-downloads', {}, { token });

async function readyReport(): Promise<string> {
  const id = await ask();
  await world.make();
  expect(await reportStatus(world, id)).toMatchObject({ status: 'ready' });
  return id;
}

describe('a report', () => {
  test('waits, is made, and can be downloaded; the audit log records who did what', async () => {
    const asked = await world.send('POST', '/reports', {
      kind: 'orders',
      format: 'csv',
      filters: { status: 'pending_payment' },
    });
    expect(asked).toMatchObject({
      status: 202,
      body: { status: 'waiting', rows: 0, bytes: null, filters: { status: 'pending_payment' } },
    });
    const { id } = asked.body;
    expect(asked.headers.get('location')).toBe(`/v1/organizers/${world.organizer.slug}/reports/${id}`);
    expect((await world.send('GET', `/reports/${id}/file`)).body.code).toBe('report.not_ready');
    await world.make();
    const shown = (await world.send('GET', `/reports/${id}`)).body;
    expect(shown).toMatchObject({ status: 'ready', rows: 1, failure: null });
    const file = await world.send('GET', `/reports/${id}/file`);
    expect(file.headers.get('content-length')).toBe(String(shown.bytes));
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="orders-[\d-]+-\w{6}\.csv"$/);
    expect(file.text.split('\r\n')).toHaveLength(3);
    expect((await world.send('GET', '/reports')).body.data[0]).toMatchObject({ id });
    expect(await auditOf(world, id)).toEqual(['report.requested', 'report.downloaded']);
  });

  test.each([
    [{ kind: 'secrets', format: 'csv' }, 'kind'],
    [{ kind: 'orders', format: 'pdf' }, 'format'],
    [{ kind: 'orders', format: 'csv', filters: { status: 'live' } }, 'filters.status'],
    [
      { kind: 'orders', format: 'csv', filters: { from: '2027-02-01T00:00:00Z', to: '2027-01-01T00:00:00Z' } },
      'filters.to',
    ],
    [{ kind: 'orders', format: 'csv', more: 1 }, ''],
  ])('%j is refused', async (body, path) => {
    const refused = await world.send('POST', '/reports', body);
    expect(refused).toMatchObject({ status: 400, body: { code: 'request.invalid', errors: [{ path }] } });
  });

  test('answers like a missing one to another organizer; door staff may not ask', async () => {
    const id = await readyReport();
    const stranger = await createOrganizer(world.db);
    const foreign = await programOf(world, stranger, 'manager');
    for (const [method, path] of [
      ['GET', `/reports/${id}`],
      ['GET', `/reports/${id}/file`],
      ['POST', `/reports/${id}/cancellation`],
      ['POST', `/reports/${id}/links`],
    ] as const) {
      const refused = await world.call(method, `/v1/organizers/${stranger.slug}${path}`, foreign);
      expect(refused).toMatchObject({ status: 404, body: { code: 'report.not_found' } });
      const elsewhere = await world.call(method, `/v1/organizers/${world.organizer.slug}${path}`, foreign);
      expect(elsewhere).toMatchObject({ status: 404, body: { code: 'request.not_found' } });
    }
    const { id: eventId } = await createEvent(world.db, { organizer: stranger });
    const refused = await world.send('POST', '/reports', { kind: 'orders', format: 'csv', eventId });
    expect(refused).toMatchObject({ status: 404, body: { code: 'event.not_found' } });
    const door = await programOf(world, world.organizer, 'door');
    expect(await world.call('GET', `/v1/organizers/${world.organizer.slug}/reports`, door)).toMatchObject({
      status: 403,
    });
  });

  test('is refused beyond a bounded number that wait', async () => {
    for (let count = 0; count < openReportsMax; count += 1) await ask();
    const refused = await world.send('POST', '/reports', { kind: 'orders', format: 'csv' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'report.limit_reached', max: openReportsMax } });
  });

  test('can be cancelled while it waits, once; a ready one cannot', async () => {
    const id = await ask();
    for (let time = 0; time < 2; time += 1) {
      expect(await world.send('POST', `/reports/${id}/cancellation`)).toMatchObject({
        status: 200,
        body: { status: 'cancelled' },
      });
    }
    await world.make();
    expect(await reportStatus(world, id)).toMatchObject({ status: 'cancelled', run: 0 });
    expect(await auditOf(world, id)).toEqual(['report.requested', 'report.cancelled']);
    const ready = await readyReport();
    expect(await world.send('POST', `/reports/${ready}/cancellation`)).toMatchObject({
      status: 409,
      body: { code: 'report.ended' },
    });
  });
});

test('is retried while the storage is away', async () => {
  const id = await readyReport();
  const away = createApp({
    ...world.world.service,
    fileStorage: {
      ...world.world.service.fileStorage,
      open: () => Promise.reject(new Error('connection refused')),
    },
  });
  const path = `/v1/organizers/${world.organizer.slug}/reports/${id}/file`;
  const refused = await away.fetch(new Request(`http://localhost${path}`, { headers: world.member }));
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).not.toBeNull();
});

describe('a link', () => {
  test('opens the file without a session for a day; a changed link opens nothing', async () => {
    const id = await readyReport();
    const { status, body } = await world.send('POST', `/reports/${id}/links`);
    expect(status).toBe(201);
    expect(Date.parse(body.expiresAt) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect(body.url).toMatch(/\/desk\/report#token=/);
    const token = tokenOf(body.url);
    expect(await openLink(token)).toMatchObject({ status: 200 });
    expect(await openLink(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).toMatchObject({
      status: 404,
      body: { code: 'report.not_found' },
    });
    const late = reportLink(world.config, {
      reportId: id,
      actorId: world.owner.id,
      expiresAt: new Date(Math.floor(Date.now() / 1000) * 1000 - 1000),
    });
    expect(await openLink(tokenOf(late))).toMatchObject({ status: 410, body: { code: 'report.link_expired' } });
  });

  test('ends with the role of the member or with the API key that it was made for', async () => {
    const id = await readyReport();
    const key = await programOf(world, world.organizer, 'manager');
    const made = await world.call('POST', `/v1/organizers/${world.organizer.slug}/reports/${id}/links`, key);
    const token = tokenOf(made.body.url);
    expect(await openLink(token)).toMatchObject({ status: 200 });
    await world.db.execute(sql`update api_keys set ended_at = now() where organizer_id = ${world.organizer.id}`);
    expect(await openLink(token)).toMatchObject({ status: 404, body: { code: 'report.not_found' } });
    const own = tokenOf((await world.send('POST', `/reports/${id}/links`)).body.url);
    await world.db.execute(sql`update staff set role = 'door' where id = ${world.owner.id}`);
    expect(await openLink(own)).toMatchObject({ status: 404 });
    await world.db.execute(sql`update staff set role = 'owner' where id = ${world.owner.id}`);
  });
});

describe('the mail', () => {
  test('is not sent to a member whom its link would not let in', async () => {
    const id = await readyReport();
    const mailOf = createReportMailOf({ clock: systemClock, config: world.config });
    const addressed = async (change: string) => {
      await world.db.execute(sql`update staff set ${sql.raw(change)} where id = ${world.owner.id}`);
      return (await mailOf(world.db, id))?.email;
    };
    const address = `${world.owner.id.toLowerCase()}@organizer.test`;
    expect(await addressed("role = 'manager'")).toBe(address);
    expect(await addressed("event_ids = array['evt_7K3M9XQ2']")).toBeUndefined();
    expect(await addressed("event_ids = null, role = 'door'")).toBeUndefined();
    expect(await addressed("status = 'disabled', role = 'owner'")).toBeUndefined();
    expect(await addressed("status = 'active'")).toBe(address);
  });

  test.each([
    ['id', 'file', 'Laporan gagal dibuat: Pesanan', 'sekali lagi'],
    ['en', 'too_many_rows', 'Report failed: Orders', 'five million rows'],
  ] as const)('about a report that has failed says so in the language of the member (%s), and why', async (...said) => {
    const [locale, failure, subject, reason] = said;
    const id = await readyReport();
    await world.db.execute(sql`update reports set status = 'failed', failure = ${failure} where id = ${id}`);
    await world.db.execute(sql`update staff set locale = ${locale} where id = ${world.owner.id}`);
    const data = await createReportMailOf({ clock: systemClock, config: world.config })(world.db, id);
    if (data === undefined) throw new Error('there is no mail');
    const mail = reportMail(data);
    expect(mail.subject).toBe(subject);
    expect(mail.text).toContain(reason);
    expect(mail.text).toContain(`${world.config.PUBLIC_URL}/desk/reports`);
    expect(mail.html).toContain(reason);
    await world.db.execute(sql`update staff set locale = 'id' where id = ${world.owner.id}`);
  });

  test('goes once to the member who asked, with a working link; a program gets no mail', async () => {
    const sandbox = await startSandbox({ timeScale: 0.01 });
    const email = createEmailChannel(mailOptions(sandbox.smtpUrl));
    try {
      const id = await readyReport();
      const sent = await rowsOf<{ id: string }>(world.db, sql`select id from deliveries where subject_id = ${id}`);
      expect(sent).toHaveLength(1);
      expect(await stagedCount(world.db, 'delivery.send')).toBeGreaterThan(0);
      const deps = {
        db: world.db,
        clock: systemClock,
        config: world.config,
        deliveries: createDeliveries(world.db),
        ticketKeys: testTicketKeys(world.db),
        reportMailOf: createReportMailOf({ clock: systemClock, config: world.config }),
        email,
        whatsapp: { send: () => Promise.reject(new Error('a report goes by mail')) },
      };
      await sendDelivery(deps, { deliveryId: sent[0]?.id ?? '' }, AbortSignal.timeout(10_000));
      const mails = await inbox(sandbox, `${world.owner.id.toLowerCase()}@organizer.test`);
      expect(mails).toHaveLength(1);
      expect(mails[0]?.subject).toBe('Laporan siap: Pesanan');
      const link = /https?:\S+\/desk\/report#token=[\w.-]+/.exec(mails[0]?.text ?? '')?.[0] ?? '';
      expect(await openLink(tokenOf(link))).toMatchObject({ status: 200 });

      const key = await programOf(world, world.organizer, 'manager');
      const asked = await world.call('POST', `/v1/organizers/${world.organizer.slug}/reports`, key, {
        kind: 'orders',
        format: 'csv',
      });
      await world.make();
      expect(await rowsOf(world.db, sql`select id from deliveries where subject_id = ${asked.body.id}`)).toEqual([]);
    } finally {
      await email.close();
      await sandbox.close();
    }
  });
});
