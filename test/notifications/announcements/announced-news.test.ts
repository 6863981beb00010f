import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { announcing } from '../../../testkit/notifications/announcing.ts';
import { callDesk } from '../../../testkit/notifications/desk.ts';
import { useEventNotices } from '../../../testkit/notifications/event-notices.ts';
import { inbox, whatsappMessages } from '../../../testkit/notifications/notification-world.ts';

/** Guards that news go only to buyers who agreed, as news, and end with one click or STOP. */

const { world, notices } = await useEventNotices();

const news = { kind: 'news', channels: ['email', 'whatsapp'] };

async function openEvent(price = 150_000) {
  const event = await notices.newEvent(price);
  return { event, desk: await announcing(world, event) };
}

test('only buyers who agreed get news: the mail has an unsubscribe link and no link to an order, WhatsApp has STOP', async () => {
  const { event, desk } = await openEvent();
  const [agreed, silent, withdrew] = [
    await notices.paid(event, 'en'),
    await notices.paid(event),
    await notices.paid(event),
  ];
  await desk.agree(agreed.orderId);
  await desk.agree(withdrew.orderId);
  await world.db.execute(sql`update news_consents set withdrawn_at = now() where order_id = ${withdrew.orderId}`);
  const drafted = await desk.announce(news);
  expect(drafted.recipients).toEqual({ email: 1, whatsapp: 1 });
  expect(drafted.previews[0]?.whatsapp?.text).toContain('Balas STOP');
  await desk.deliver();
  expect(await desk.announced()).toMatchObject([
    { orderId: agreed.orderId, told: 'event_news email accepted' },
    { orderId: agreed.orderId, told: expect.stringMatching(/^event_news whatsapp /) as string },
  ]);
  const [mail] = await inbox(world.sandbox, agreed.buyer.email);
  expect(mail?.subject).toBe('Doors open earlier');
  expect(mail?.text).not.toContain('/orders/');
  expect(mail?.html).not.toContain('/orders/');
  const raw = await (await fetch(`${world.sandbox.url}/inbox/${mail?.id}/raw`)).text();
  expect(raw).toMatch(/^From: antre <news@news\.antre\.example>/m);
  expect(raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
  const [message] = await whatsappMessages(world.sandbox, agreed.buyer.phone.replace('+', ''));
  expect(message).toMatchObject({ template: 'event_news', language: 'en' });
  expect(message?.components).toHaveLength(1);
  expect(await inbox(world.sandbox, silent.buyer.email)).toEqual([]);

  // The link in the mail ends them.
  const [, path = ''] = /https:\/\/antre\.example(\/v1\/unsubscriptions\/[\w.-]+)/.exec(mail?.text ?? '') ?? [];
  expect((await callDesk(world, 'POST', path)).status).toBe(200);
  expect((await desk.draft(news)).recipients).toEqual({ email: 0, whatsapp: 1 });
  // A later consent counts again.
  await world.db.execute(sql`update news_stops set said_at = now() - interval '5 minutes'`);
  expect((await desk.draft(news)).recipients).toEqual({ email: 1, whatsapp: 1 });
  // STOP by reply ends those by WhatsApp.
  await world.db.execute(sql`
    insert into news_stops (organizer_id, channel, recipient_key, is_stopped, said_at)
    select '', 'whatsapp', buyer_keys[2], true, now() from orders where id = ${agreed.orderId}`);
  expect((await desk.draft(news)).recipients).toEqual({ email: 1, whatsapp: 0 });
});

test('a stranger who types an address does not agree for it: the order must be paid or the address confirmed', async () => {
  const { event, desk } = await openEvent(0);
  const [typed, confirmed] = [await notices.placed(event), await notices.placed(event)];
  await desk.agree(typed.orderId);
  await desk.agree(confirmed.orderId);
  await world.db.execute(sql`update orders set confirmed_key = buyer_keys[1] where id = ${confirmed.orderId}`);
  await desk.announce(news);
  expect((await desk.announced()).map(({ orderId }) => orderId)).toEqual([confirmed.orderId]);
});

test('a buyer who unsubscribes between the confirmation and the sending gets none', async () => {
  const { event, desk } = await openEvent();
  const holder = await notices.paid(event);
  await desk.agree(holder.orderId);
  await desk.announce(news);
  await world.db.execute(sql`update news_consents set withdrawn_at = now() where order_id = ${holder.orderId}`);
  await desk.deliver();
  expect((await desk.announced()).map(({ told }) => told)).toEqual([
    'event_news email suppressed',
    'event_news whatsapp suppressed',
  ]);
  expect(await inbox(world.sandbox, holder.buyer.email)).toEqual([]);
});

test('a recipient gets a few news an hour; more are recorded as capped', async () => {
  const first = await openEvent();
  const holder = await notices.paid(first.event);
  await first.desk.agree(holder.orderId);
  await first.desk.announce({ ...news, channels: ['whatsapp'] });
  await first.desk.announce({ ...news, channels: ['whatsapp'] });
  expect((await first.desk.announced()).map(({ told }) => told)).toEqual([
    'event_news whatsapp capped',
    'event_news whatsapp queued',
  ]);
  const third = await first.desk.draft(news);
  expect((await first.desk.confirm(third, third.confirmationToken)).json['code']).toBe('announcement.limited');
});
