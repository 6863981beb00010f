import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { pluginOf } from '../../../src/notifications/channels/whatsapp/registry.ts';
import { addGatewaySender, ownGatewaySender, queuedMessage } from '../../../testkit/notifications/message-gateways.ts';
import { useNotifications } from '../../../testkit/notifications/use-notifications.ts';

/**
 * Guards that callbacks of WAHA, Fonnte and Wablas count only if they prove their origin, and then in any order and
 * number.
 */

const world = await useNotifications();
const gateways = ['waha', 'fonnte', 'wablas'] as const;

const ownSender = (kind: (typeof gateways)[number]) => ownGatewaySender(world, kind);

describe('callbacks of gateways', () => {
  const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(url, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const signed = (key: string, body: string) => createHmac('sha512', key).update(body).digest('hex');

  async function accepted(kind: (typeof gateways)[number], messageId: string) {
    const own = await ownSender(kind);
    const message = await queuedMessage(world, { event: own.event });
    await world.deps.deliveries.claim(message.deliveryId);
    await world.deps.deliveries.accept({
      id: message.deliveryId,
      providerMessageId: messageId,
      senderId: own.sender.id,
    });
    return { ...own, ...message };
  }

  test('WAHA: a callback signed with its key is genuine; another byte, another key and another algorithm are not', async () => {
    const { sender } = await ownSender('waha');
    const body = '{"event":"message.ack","session":"default","payload":{"id":"true_6281300000000@c.us_AAAA","ack":2}}';
    const right = signed(sender.hmacKey, body);
    expect((await post(sender.callbackUrl, body, { 'x-webhook-hmac': right })).status).toBe(200);
    expect((await post(sender.callbackUrl, `${body} `, { 'x-webhook-hmac': right })).status).toBe(403);
    expect((await post(sender.callbackUrl, body, { 'x-webhook-hmac': signed('another', body) })).status).toBe(403);
    expect((await post(sender.callbackUrl, body)).status).toBe(403);
    const other = { 'x-webhook-hmac': right, 'x-webhook-hmac-algorithm': 'sha256' };
    expect((await post(sender.callbackUrl, body, other)).status).toBe(403);
  });

  test('WAHA: the published vector', () => {
    const body = Buffer.from(
      '{"event":"message.ack","session":"default","payload":{"id":"true_6281300000000@c.us_AAA","ack":2,"ackName":"DEVICE"}}',
    );
    const digest =
      'a344f21375038072c2b11794e7357894020b1b11aa53399a3dc8d638c7111bb87ef12eac9f88f30e910b0b22d4df2017488c5a3bd0681a2071b2f8b3b5454608';
    const isGenuine = (hmacKey: string) =>
      pluginOf('waha').isGenuine(
        { body, query: () => undefined, header: (name) => (name === 'x-webhook-hmac' ? digest : undefined) },
        { apiKey: 'any', hmacKey },
      );
    expect(isGenuine('waha-hmac-EXAMPLE')).toBe(true);
    expect(isGenuine('waha-hmac-example')).toBe(false);
    expect(pluginOf('waha').readCallback(body).statuses).toEqual([
      { messageId: 'waha:AAA', status: 'delivered', failure: undefined },
    ]);
  });

  test.each(['fonnte', 'wablas'] as const)('%s: accepted only with the key of this sender', async (kind) => {
    const { sender } = await ownSender(kind);
    const another = await addGatewaySender(world, kind, {});
    const address = `${world.callbackUrl}/${kind}/${sender.id}`;
    expect((await post(sender.callbackUrl, {})).status).toBe(200);
    expect((await fetch(sender.callbackUrl)).status).toBe(200);
    expect((await post(address, {})).status).toBe(403);
    expect((await fetch(address)).status).toBe(403);
    expect((await post(`${address}?key=${another.callbackKey}`, {})).status).toBe(403);
    // Nobody learns which senders exist.
    const nobody = await post(`${world.callbackUrl}/${kind}/snd_06FJ2V1H8C9QX4T0RBVE?key=${sender.callbackKey}`, {});
    const wrong = await post(`${address}?key=wrong`, {});
    expect([nobody.status, ((await nobody.json()) as { code: string }).code]).toEqual([
      wrong.status,
      ((await wrong.json()) as { code: string }).code,
    ]);
    // The key of one provider opens no other address.
    expect((await post(sender.callbackUrl.replace(`/${kind}/`, '/waha/'), {})).status).toBe(403);
  });

  test('repeated and in any order, the furthest status counts', async () => {
    const { sender, now } = await accepted('wablas', 'wablas:order-of-words');
    for (const word of ['read', 'sent', 'received', 'read', 'sent']) {
      await post(sender.callbackUrl, { id: 'order-of-words', phone: '62811', status: word });
      expect((await now()).status).toBe('read');
    }
  });

  test('Fonnte: a status that names only the second id finds its message, also before the first is known', async () => {
    const { sender, now } = await accepted('fonnte', 'fonnte:77001');
    await post(sender.callbackUrl, { device: sender.account, id: '', stateid: 'S1', status: '', state: 'read' });
    expect((await now()).status).toBe('accepted');
    await post(sender.callbackUrl, {
      device: sender.account,
      id: '77001',
      stateid: 'S1',
      status: 'sent',
      state: 'sent',
    });
    expect((await now()).status).toBe('read');
    await post(sender.callbackUrl, 'not json');
    expect((await now()).status).toBe('read');
  });

  test("another sender's callback cannot report on our messages", async () => {
    const { now } = await accepted('wablas', 'wablas:not-theirs');
    const other = await ownSender('wablas');
    expect((await post(other.sender.callbackUrl, { id: 'not-theirs', phone: '62811', status: 'read' })).status).toBe(
      200,
    );
    expect((await now()).status).toBe('accepted');
  });
});
