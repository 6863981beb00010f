import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { orderAccessToken } from '../../../src/access/buyers/order-token.ts';
import { unsubscribeUrl } from '../../../src/notifications/news/unsubscribing/unsubscribe.ts';
import { notifyOrder } from '../../../src/notifications/notices/notify.ts';
import { newsWordingNow } from '../../../src/web/i18n/words/news.ts';
import {
  type TestEvent,
  type TestOrganizer,
  createEvent,
  createOrganizer,
  someBuyer,
} from '../../../testkit/factories.ts';
import { callDesk, signedIn } from '../../../testkit/notifications/desk.ts';
import { inbox, notificationConfig, paidOrder } from '../../../testkit/notifications/notification-world.ts';
import { useNotifications } from '../../../testkit/notifications/use-notifications.ts';

/** Guards that one click in a mailbox ends news (RFC 8058), and that neither a scanner nor a stranger does. */

const world = await useNotifications();

/** A buyer who agreed, and the link in a mail of the stream of news, as the mailbox has got it. */
async function subscribed(buyer = someBuyer()) {
  const organizer = await createOrganizer(world.db);
  await world.db.execute(sql`update organizers set name = 'Senja <Live>' where id = ${organizer.id}`);
  const event = await createEvent(world.db, { organizer });
  const paid = await paidOrder(world, { event, buyer });
  const as = orderAccessToken(notificationConfig.ORDER_TOKEN_SECRET, paid.orderId, 1);
  const agree = () =>
    callDesk(world, 'PUT', `/v1/orders/${paid.orderId}/news-consent`, {
      as,
      body: { wording: newsWordingNow, locale: 'id' },
    });
  await agree();
  const [deliveryId = ''] = await notifyOrder(world.deps, 'tickets', paid);
  await world.deps.email.send(
    {
      deliveryId,
      tries: 1,
      stream: 'news',
      to: { name: 'Ayu', address: buyer.email },
      mail: {
        subject: 'Kabar',
        text: 'Halo',
        html: '<p>Halo</p>',
        attachments: [],
        unsubscribeUrl: unsubscribeUrl(notificationConfig, deliveryId),
      },
    },
    AbortSignal.timeout(20_000),
  );
  const [found] = await inbox(world.sandbox, buyer.email);
  const raw = (await (await fetch(`${world.sandbox.url}/inbox/${found?.id}/raw`)).text()).replace(/\r\n[ \t]+/g, ' ');
  expect(raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
  const link = new URL(/^List-Unsubscribe: <(.*)>/m.exec(raw)?.[1]?.trim() ?? '');
  expect(link.origin).toBe(notificationConfig.PUBLIC_URL);
  return { agree, path: link.pathname, deliveryId, count: await counter(organizer, event) };
}

async function counter({ slug, ...organizer }: TestOrganizer, { id }: TestEvent) {
  const as = await signedIn(world, { slug, ...organizer }, 'manager');
  return async () =>
    (await callDesk(world, 'GET', `/v1/organizers/${slug}/events/${id}/news-audience`, { as })).json as unknown;
}

const origin = () => new URL(world.callbackUrl).origin;
const oneClick = (path: string) =>
  fetch(`${origin()}${path}`, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });

test('one click stops the news of this organiser to the address, until its buyer agrees again', async () => {
  const buyer = someBuyer();
  const [one, other] = [await subscribed(buyer), await subscribed(buyer)];
  expect(await one.count()).toEqual({ email: 1, whatsapp: 1 });
  for (let times = 0; times < 2; times += 1) expect((await oneClick(one.path)).status).toBe(200);
  expect(await one.count()).toEqual({ email: 0, whatsapp: 1 });
  expect(await other.count()).toEqual({ email: 1, whatsapp: 1 });
  await one.agree();
  expect(await one.count()).toEqual({ email: 1, whatsapp: 1 });
  await oneClick(one.path);
  expect(await one.count()).toEqual({ email: 0, whatsapp: 1 });
});

test('opening the link shows a button, so that a link scanner changes nothing', async () => {
  const { path, count } = await subscribed();
  for (const method of ['GET', 'HEAD']) {
    const answer = await fetch(`${origin()}${path}`, { method });
    expect([method, answer.status]).toEqual([method, 200]);
    expect(answer.headers.get('content-security-policy')).toContain("form-action 'self'");
    if (method === 'GET') {
      const page = await answer.text();
      expect(page).toContain('<form method="post">');
      expect(page).toContain('Senja &lt;Live&gt;');
    }
  }
  expect(await count()).toEqual({ email: 1, whatsapp: 1 });
});

test('a forged link changes nothing and is not found', async () => {
  const { path, deliveryId, count } = await subscribed();
  const last = path.at(-1) === 'A' ? 'B' : 'A';
  const unknown = new URL(unsubscribeUrl(notificationConfig, 'dlv_0123456789ABCDEFGHJK')).pathname;
  const forged = [
    `${path.slice(0, -1)}${last}`,
    `/v1/unsubscriptions/${deliveryId}.`,
    '/v1/unsubscriptions/x',
    unknown,
  ];
  for (const each of forged) {
    for (const answer of [await oneClick(each), await fetch(`${origin()}${each}`)]) {
      expect([each, answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
        each,
        404,
        'news.link_not_found',
      ]);
    }
  }
  expect((await fetch(`${origin()}${path}`, { method: 'POST', body: 'x'.repeat(5000) })).status).toBe(413);
  expect(await count()).toEqual({ email: 1, whatsapp: 1 });
});
