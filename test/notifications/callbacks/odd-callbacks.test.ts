import { createHmac } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { demoWhatsappSender } from '../../../sandbox/demo-accounts.ts';
import { openInbound } from '../../../src/notifications/inbound/store-inbound.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { ownGatewaySender, queuedMessage } from '../../../testkit/notifications/message-gateways.ts';
import { addSender, notificationConfig } from '../../../testkit/notifications/notification-world.ts';
import { useNotifications } from '../../../testkit/notifications/use-notifications.ts';

/**
 * Guards that a genuine callback with a value that Postgres cannot store is taken without it: a refused callback comes
 * again for days, and what stands beside the value in it is lost.
 */

const world = await useNotifications();
type Kind = 'waha' | 'fonnte' | 'wablas' | 'whatsapp_cloud';

async function senderOf(kind: Kind): Promise<{ id: string; post: (body: unknown) => Promise<number> }> {
  const send = async (url: string, body: string, headers: Record<string, string>) => {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    await response.body?.cancel();
    return response.status;
  };
  if (kind === 'whatsapp_cloud') {
    await world.db.execute(sql`delete from senders`);
    const id = await addSender(world.db);
    return {
      id,
      post: (given) => {
        const body = JSON.stringify(given);
        const digest = createHmac('sha256', demoWhatsappSender.appSecret).update(body).digest('hex');
        return send(`${world.callbackUrl}/whatsapp/${id}`, body, { 'x-hub-signature-256': `sha256=${digest}` });
      },
    };
  }
  const { sender } = await ownGatewaySender(world, kind);
  return {
    id: sender.id,
    post: (given) => {
      const body = JSON.stringify(given);
      const digest = createHmac('sha512', sender.hmacKey).update(body).digest('hex');
      return send(sender.callbackUrl, body, kind === 'waha' ? { 'x-webhook-hmac': digest } : {});
    },
  };
}

let count = 0;
const phone = () => `6281${String((count += 1)).padStart(9, '0')}`;

const graph = (value: object) => ({ entry: [{ changes: [{ value }] }] });

/** STOP of this phone, sent at this time, as the provider tells it. */
const stop: Readonly<Record<Kind, (from: string, time: unknown, id?: string) => unknown>> = {
  waha: (from, timestamp, id = from) => ({
    event: 'message',
    payload: { id: `false_${from}@c.us_${id}`, from: `${from}@c.us`, body: 'STOP', timestamp },
  }),
  fonnte: (from, timestamp, id = from) => ({ sender: from, message: 'STOP', inboxid: id, timestamp }),
  wablas: (from, timestamp, id = from) => ({ id, phone: from, message: 'STOP', timestamp }),
  whatsapp_cloud: (from, timestamp, id = from) =>
    graph({ messages: [{ id, from, timestamp, text: { body: 'STOP' } }] }),
};

const oddTimes: Readonly<Record<Kind, readonly unknown[]>> = {
  waha: [9_007_199_254_740_991, 1_796_000_000_000, 10_000_000_000_000, 1.5, -1, 'now', null],
  fonnte: [9_007_199_254_740_991, '1e15', '99999999999999', '-1', 'now', '1.5', {}],
  wablas: ['-271821-04-20T00:00:00Z', '+275760-09-13T00:00:00Z', '-200000-01-01', '99999999999', 'now', 1.5, {}],
  whatsapp_cloud: ['999999999999', '0', '1'.repeat(20), 'now', 5],
};

/** The same words, as the services write them on other days: the types of JSON vary, and some fields are blank. */
const spellings: Readonly<Record<'waha' | 'fonnte' | 'wablas', readonly ((from: string) => unknown)[]>> = {
  waha: [
    ...[null, 'false', 0].map((fromMe) => (from: string) => ({
      event: 'message',
      payload: { id: `false_${from}@c.us_${from}`, from: `${from}@c.us`, fromMe, body: 'STOP', timestamp: null },
    })),
    ...[
      (phone: string) => ({ key: { remoteJidAlt: phone } }),
      (phone: string) => ({ key: { senderPn: phone } }),
      (phone: string) => ({ Info: { SenderAlt: phone.replace('@', ':12@') } }),
    ].map((dataOf) => (from: string) => ({
      event: 'message',
      payload: {
        id: `false_245896994390182@lid_${from}`,
        from: '245896994390182@lid',
        body: 'STOP',
        _data: dataOf(`${from}@s.whatsapp.net`),
      },
    })),
  ],
  fonnte: [
    (from) => ({ sender: Number(from), message: 'STOP', inboxid: Number(from), isgroup: 'false' }),
    (from) => ({ sender: from, message: 'STOP', inboxid: 0, isgroup: false }),
    (from) => ({ sender: from, message: 'STOP', inboxid: '', timestamp: '' }),
    (from) => ({ sender: from, message: 'STOP' }),
  ],
  wablas: [
    ...[0, '0', null, 'false', {}].map((isGroup) => (from: string) => {
      return { id: from, phone: from, message: 'STOP', isGroup, isFromMe: isGroup };
    }),
    (from) => ({ id: Number(from), phone: Number(from), message: 'STOP', isGroup: 0 }),
  ],
};

describe.each(Object.keys(spellings) as (keyof typeof spellings)[])('%s: a message of a person', (kind) => {
  const stopsOf = (senderId: string) =>
    rowsOf(
      world.db,
      sql`
        select distinct i.recipient_key from inbound_messages i join news_stops n on n.recipient_key = i.recipient_key
        where i.sender_id = ${senderId} and n.is_stopped and n.said_at > now() - interval '1 minute'`,
    );

  test('counts, in each spelling of its fields', async () => {
    const sender = await senderOf(kind);
    for (const spelling of spellings[kind]) {
      const body = spelling(phone());
      const before = (await stopsOf(sender.id)).length;
      expect(await sender.post(body)).toBe(200);
      expect((await stopsOf(sender.id)).length - before, JSON.stringify(body)).toBe(1);
    }
  });

  test("is nobody's if it is of a group, or of the sender itself", async () => {
    const sender = await senderOf(kind);
    const yes = [true, 'true', 1, '1'];
    for (const is of yes) {
      await sender.post({ id: phone(), phone: phone(), message: 'STOP', isGroup: is });
      await sender.post({ id: phone(), phone: phone(), message: 'STOP', isFromMe: is });
      await sender.post({ sender: phone(), message: 'STOP', inboxid: 7, isgroup: is });
      const payload = { id: 'true_1@c.us_A', from: `${phone()}@c.us`, fromMe: is, body: 'STOP' };
      await sender.post({ event: 'message', payload });
    }
    expect(await stopsOf(sender.id)).toEqual([]);
  });
});

describe.each(Object.keys(stop) as Kind[])('%s: a genuine callback', (kind) => {
  test('STOP counts, whatever time it has', async () => {
    const sender = await senderOf(kind);
    for (const time of oddTimes[kind]) {
      expect(await sender.post(stop[kind](phone(), time)), String(time)).toBe(200);
    }
    const kept = await rowsOf(
      world.db,
      sql`select 1 from inbound_messages where sender_id = ${sender.id} and command = 'stop'`,
    );
    expect(kept).toHaveLength(oddTimes[kind].length);
  });

  test('with U+0000 or half of a surrogate pair in an id or a state is taken', async () => {
    const sender = await senderOf(kind);
    for (const odd of ['a\u0000b', '\ud800', '\u0000']) {
      expect(await sender.post(stop[kind](phone(), undefined, odd))).toBe(200);
      for (const body of [
        { event: 'message.ack', payload: { id: `true_62811@c.us_${odd}`, ack: 2 } },
        { event: 'session.status', payload: { status: odd } },
        { id: odd, stateid: odd, status: 'sent', state: 'sent' },
        { device: odd, status: 'disconnect' },
        graph({ statuses: [{ id: odd, status: 'sent' }] }),
        graph({ statuses: [{ id: 'wamid.1', status: 'sent', biz_opaque_callback_data: odd }] }),
      ]) {
        expect(await sender.post(body), JSON.stringify(body)).toBe(200);
      }
    }
  });
});

test('fonnte: a message that comes again without a number is one message, and another one is another', async () => {
  const sender = await senderOf('fonnte');
  const timestamp = Math.floor(Date.now() / 1000);
  const message = { sender: phone(), message: 'Halo', inboxid: 0, timestamp };
  const others = [{ message: 'Hai' }, { timestamp: timestamp - 1 }, { sender: phone() }];
  for (const other of [{}, {}, ...others]) await sender.post({ ...message, ...other });
  const kept = await rowsOf(world.db, sql`select 1 from inbound_messages where sender_id = ${sender.id}`);
  expect(kept).toHaveLength(1 + others.length);
});

test.each(['waha', 'fonnte', 'wablas'] as const)(
  '%s: a text of a person keeps nothing that hides or reverses a part of it',
  async (kind) => {
    const sender = await senderOf(kind);
    const text = 'Halo \u202e\u200bkak\u0000\n000.003 pR\u2066';
    const given = JSON.stringify(stop[kind](phone(), undefined)).replace('"STOP"', JSON.stringify(text));
    expect(await sender.post(JSON.parse(given))).toBe(200);
    const rows = await rowsOf<{ id: string; sealed: string }>(
      world.db,
      sql`select id, sealed from inbound_messages where sender_id = ${sender.id}`,
    );
    expect(rows.map((row) => openInbound(notificationConfig.ENCRYPTION_KEY, row).text)).toEqual([
      'Halo kak \n000.003 pR',
    ]);
  },
);

test('whatsapp_cloud: a status beside one that cannot be stored counts', async () => {
  const sender = await senderOf('whatsapp_cloud');
  const message = await queuedMessage(world);
  await world.deps.deliveries.claim(message.deliveryId);
  await world.deps.deliveries.accept({ id: message.deliveryId, providerMessageId: 'wamid.right', senderId: sender.id });
  const statuses = [
    { id: 'wamid.\u0000', status: 'sent' },
    { id: 'wamid.right', status: 'read' },
  ];
  expect(await sender.post(graph({ statuses }))).toBe(200);
  expect((await message.now()).status).toBe('read');
});
