import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { mailToken } from '../../../src/notifications/channels/mail-token.ts';
import { sendDelivery } from '../../../src/notifications/deliveries/send-delivery.ts';
import { notifyOrder } from '../../../src/notifications/notices/notify.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { someBuyer } from '../../../testkit/factories.ts';
import {
  deliveriesOf,
  inbox,
  notificationConfig,
  paidOrder,
} from '../../../testkit/notifications/notification-world.ts';
import { useNotifications } from '../../../testkit/notifications/use-notifications.ts';

/**
 * Guards the effects of bounces and complaints: mails go to a real SMTP server, and reports about them arrive by HTTP.
 */

const world = await useNotifications();
beforeEach(async () => {
  await world.db.execute(sql`delete from suppressions`);
});

/** A mail as the recipient's server has got it. */
async function sent(buyer = someBuyer()) {
  const paid = await paidOrder(world, { buyer });
  const [deliveryId = ''] = await notifyOrder(world.deps, 'tickets', paid);
  await sendDelivery(world.deps, { deliveryId }, AbortSignal.timeout(20_000));
  const [found] = await inbox(world.sandbox, buyer.email);
  const raw = await (await fetch(`${world.sandbox.url}/inbox/${found?.id}/raw`)).text();
  const now = async () => (await deliveriesOf(world.db, paid.orderId)).find(({ channel }) => channel === 'email');
  return { raw, deliveryId, buyer, paid, now, token: mailToken(notificationConfig.HASH_SECRET, deliveryId) };
}

const suppressed = () =>
  rowsOf<{ channel: string; reason: string; until: Date | null }>(
    world.db,
    sql`select channel, reason, until from suppressions`,
  );
const post = (body: string, token: string | undefined = notificationConfig.MAIL_CALLBACK_TOKEN) =>
  fetch(`${world.callbackUrl}/mail`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'message/rfc822', ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
  });
const headerOf = (raw: string) => raw.slice(0, raw.indexOf('\r\n\r\n'));

type Report = { fields: string; original: string; kind?: string; type?: string; originalType?: string; to?: string };

/** A multipart/report: RFC 6522. */
function report({
  fields,
  original,
  kind = 'delivery-status',
  originalType = 'message/rfc822',
  to = 'bounces@antre.example',
}: Report): string {
  return [
    'From: MAILER-DAEMON@mx.example.test',
    `To: <${to}>`,
    'Subject: Undelivered Mail Returned to Sender',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=${kind}; boundary="the=_edge"`,
    '',
    '--the=_edge',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'I am sorry.',
    '--the=_edge',
    `Content-Type: message/${kind}`,
    '',
    fields,
    '',
    '--the=_edge',
    `Content-Type: ${originalType}`,
    '',
    original,
    '',
    '--the=_edge--',
    '',
  ].join('\r\n');
}

const status = (code: string, action = 'failed', diagnostic = `550 ${code} <x@example.test>: no`) =>
  [
    'Reporting-MTA: dns; mx.example.test',
    '',
    'Final-Recipient: rfc822; x@example.test',
    `Action: ${action}`,
    `Status: ${code}`,
    `Diagnostic-Code: smtp;`,
    `  ${diagnostic}`,
  ].join('\r\n');
const feedback = (type: string) => [`Feedback-Type: ${type}`, 'User-Agent: SomeLoop/1.0', 'Version: 1'].join('\r\n');

describe('a mailbox that is gone', () => {
  test('that the mail server took a mail for without an answer: the mail is not sent again', async () => {
    const mail = await sent();
    await world.db.execute(sql`
      update deliveries set status = 'unknown', accepted_at = null, provider_message_id = null, next_check_at = now()
      where id = ${mail.deliveryId}`);
    await post(report({ fields: status('5.1.1'), original: mail.raw }));
    expect(await mail.now()).toMatchObject({ status: 'failed', failure: 'bounce_5.1.1' });
  });

  test.each<[string, (mail: Awaited<ReturnType<typeof sent>>) => string, string]>([
    ['with the whole mail', ({ raw }) => report({ fields: status('5.1.1'), original: raw }), 'bounce_5.1.1'],
    [
      'with its header alone',
      ({ raw }) => report({ fields: status('5.1.10'), original: headerOf(raw), originalType: 'text/rfc822-headers' }),
      'bounce_5.1.10',
    ],
    [
      'with nothing of it, to its return path',
      ({ token }) =>
        report({ fields: status('5.2.1'), original: '', to: `Bounces+${token.toUpperCase()}@antre.example` }),
      'bounce_5.2.1',
    ],
    [
      'whose reason stands in the answer that is quoted',
      ({ raw }) => report({ fields: status('5.0.0', 'failed', '550 5.1.1 no such user'), original: raw }),
      'bounce_5.1.1',
    ],
    [
      'cut off in the middle of the mail',
      ({ raw }) => report({ fields: status('5.1.1'), original: raw }).slice(0, 4000),
      'bounce_5.1.1',
    ],
  ])('%s fails the delivery and suppresses the address, once', async (_, bounceOf, failure) => {
    const mail = await sent();
    expect(await mail.now()).toMatchObject({ status: 'accepted' });
    const bounce = bounceOf(mail);
    expect((await post(bounce)).status).toBe(200);
    expect(await mail.now()).toMatchObject({ status: 'failed', failure });
    expect(await suppressed()).toEqual([{ channel: 'email', reason: 'no_such_mailbox', until: null }]);
    // A repetition does not undo that the organiser has lifted it.
    await world.db.execute(sql`delete from suppressions`);
    expect((await post(bounce)).status).toBe(200);
    expect(await suppressed()).toEqual([]);
  });

  test('gets no further mail', async () => {
    const mail = await sent();
    await post(report({ fields: status('5.1.1'), original: mail.raw }));
    const next = await paidOrder(world, { buyer: mail.buyer });
    const [deliveryId = ''] = await notifyOrder(world.deps, 'tickets', next);
    await sendDelivery(world.deps, { deliveryId }, AbortSignal.timeout(20_000));
    expect((await deliveriesOf(world.db, next.orderId)).find(({ channel }) => channel === 'email')).toMatchObject({
      status: 'suppressed',
    });
    expect(await inbox(world.sandbox, mail.buyer.email)).toHaveLength(1);
  });
});

test('a complaint fails the delivery and suppresses the address', async () => {
  const mail = await sent();
  const complaint = report({ kind: 'feedback-report', fields: feedback('abuse'), original: mail.raw });
  for (let times = 0; times < 2; times += 1) expect((await post(complaint)).status).toBe(200);
  expect(await mail.now()).toMatchObject({ status: 'failed', failure: 'complaint' });
  expect(await suppressed()).toEqual([{ channel: 'email', reason: 'complaint', until: null }]);
});

describe('nothing changes, and the answer is the same, for', () => {
  const forged = (raw: string, deliveryId: string) =>
    raw.replaceAll(new RegExp(`${deliveryId}-[0-9a-f]{16}`, 'gi'), `${deliveryId.toLowerCase()}-${'0'.repeat(16)}`);
  const unknownToken = mailToken(notificationConfig.HASH_SECRET, 'dlv_0123456789ABCDEFGHJK');
  test.each<[string, (mail: Awaited<ReturnType<typeof sent>>) => string]>([
    ['a delay', ({ raw }) => report({ fields: status('4.4.7', 'delayed'), original: raw })],
    ['a failure for a time', ({ raw }) => report({ fields: status('4.2.2'), original: raw })],
    ['a full mailbox', ({ raw }) => report({ fields: status('5.2.2'), original: raw })],
    ['a mail taken for spam', ({ raw }) => report({ fields: status('5.7.1'), original: raw })],
    ['a delivery', ({ raw }) => report({ fields: status('2.0.0', 'delivered'), original: raw })],
    [
      'a complaint taken back',
      ({ raw }) => report({ kind: 'feedback-report', fields: feedback('not-spam'), original: raw }),
    ],
    ['a forged token', ({ raw, deliveryId }) => report({ fields: status('5.1.1'), original: forged(raw, deliveryId) })],
    [
      'a delivery that nobody knows',
      () => report({ fields: status('5.1.1'), original: `Message-ID: <${unknownToken}@antre.example>` }),
    ],
    ['a report that names no mail', () => report({ fields: status('5.1.1'), original: 'Subject: hello' })],
    ['an automatic answer', ({ token }) => `To: bounces+${token}@antre.example\r\nSubject: away\r\n\r\n550 5.1.1 no`],
    ['what is no mail', () => '\u0000\u0001{}'],
    ['nothing', () => ''],
    [
      'parts within parts',
      () =>
        Array.from({ length: 300 }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`).join(
          '',
        ),
    ],
  ])('%s', async (_, bodyOf) => {
    const mail = await sent();
    const answer = await post(bodyOf(mail));
    expect([answer.status, await answer.text()]).toEqual([200, 'ok']);
    expect(await mail.now()).toMatchObject({ status: 'accepted', failure: null });
    expect(await suppressed()).toEqual([]);
  });
});

test('only the mail server may report, and only up to the size limit', async () => {
  const mail = await sent();
  const bounce = report({ fields: status('5.1.1'), original: mail.raw });
  const token = notificationConfig.MAIL_CALLBACK_TOKEN;
  for (const wrong of ['', `${token}0`, token.toUpperCase(), 'x'.repeat(40)]) {
    const answer = await post(bounce, wrong);
    expect([wrong, answer.status]).toEqual([wrong, 403]);
    expect(await answer.json()).toMatchObject({ code: 'notification.callback_refused' });
  }
  expect((await post(bounce.padEnd(300_000))).status).toBe(413);
  expect(await mail.now()).toMatchObject({ status: 'accepted' });
  expect(await suppressed()).toEqual([]);
});
