import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf } from '../../src/platform/database/db.ts';
import { newId } from '../../src/platform/ids.ts';
import { type TestOrganizer, createEvent, createOrganizer } from '../../testkit/factories.ts';
import { callDesk, signedIn } from '../../testkit/notifications/desk.ts';
import {
  type Notifications,
  deliveriesOf,
  openNotifications,
  paidOrder,
} from '../../testkit/notifications/notification-world.ts';

let world: Notifications;
let organizer: TestOrganizer;
let other: TestOrganizer;
let owner: string;
let manager: string;
let door: string;
let foreignOwner: string;

beforeAll(async () => {
  world = await openNotifications();
  organizer = await createOrganizer(world.db);
  other = await createOrganizer(world.db);
  owner = await signedIn(world, organizer, 'owner');
  manager = await signedIn(world, organizer, 'manager');
  door = await signedIn(world, organizer, 'door');
  foreignOwner = await signedIn(world, other, 'owner');
});
afterAll(() => world.close());

const call = (method: string, path: string, as: string | undefined, body?: unknown) =>
  callDesk(world, method, path, { as, body });

const sendersPath = () => `/v1/organizers/${organizer.slug}/senders`;
const number = (phoneNumberId: string) => ({
  kind: 'whatsapp_cloud',
  phoneNumberId,
  accessToken: 'canary-access-token',
  appSecret: 'canary-app-secret',
  verifyToken: 'canary-verify-token',
});

test('an owner adds, lists, disables and adds a number again; its secrets are never shown, and stored encrypted', async () => {
  const made = await call('POST', sendersPath(), owner, number('555000111'));
  expect(made.status).toBe(201);
  expect(made.json).toMatchObject({ externalId: '555000111', status: 'active', messagesPerSecond: 60 });
  expect(made.text).not.toContain('canary');
  expect((await call('POST', sendersPath(), owner, number('555000111'))).json['code']).toBe('sender.already_exists');
  const id = String(made.json['id']);
  expect((await call('DELETE', `${sendersPath()}/${id}`, owner)).status).toBe(204);
  expect((await call('DELETE', `${sendersPath()}/${id}`, owner)).json['code']).toBe('sender.not_found');
  const again = await call('POST', sendersPath(), owner, number('555000111'));
  expect(again.json).toMatchObject({ id, status: 'active' });
  const list = await call('GET', sendersPath(), owner);
  expect((list.json['data'] as unknown[]).length).toBe(1);
  expect(list.text).not.toContain('canary');
  const rows = await rowsOf<{ text: string }>(
    world.db,
    sql`select row_to_json(s)::text as text from senders s union all select row_to_json(a)::text from audit_log a`,
  );
  expect(rows.some((row) => row.text.includes('canary'))).toBe(false);
  const acts = await rowsOf<{ act: string }>(
    world.db,
    sql`select act from audit_log where subject_id = ${id} order by id`,
  );
  expect(acts.map(({ act }) => act)).toEqual(['sender.created', 'sender.disabled', 'sender.created']);
});

test('a manager may not do that, another organiser sees nothing, and a stranger must sign in', async () => {
  expect((await call('GET', sendersPath(), manager)).status).toBe(403);
  expect((await call('GET', sendersPath(), foreignOwner)).status).toBe(404);
  expect((await call('GET', sendersPath(), undefined)).status).toBe(401);
  const foreign = await call('POST', `/v1/organizers/${other.slug}/senders`, foreignOwner, number('555000222'));
  expect((await call('DELETE', `${sendersPath()}/${String(foreign.json['id'])}`, owner)).status).toBe(404);
  expect((await call('POST', sendersPath(), owner, number('555000222'))).status).toBe(409);
});

test('bad input is refused and creates nothing', async () => {
  for (const wrong of [
    { ...number('555000333'), extra: 1 },
    { ...number('abc') },
    { ...number('555000333'), messagesPerSecond: 0 },
    { ...number('555000333'), kind: 'waha' },
    { ...number('555000333'), kind: 'smoke_signal' },
  ]) {
    expect((await call('POST', sendersPath(), owner, wrong)).json['code']).toBe('request.invalid');
  }
});

test('tickets are sent again as a new version, at most five times a day, and never to others', async () => {
  const event = await createEvent(world.db, { organizer });
  const { orderId } = await paidOrder(world, { event });
  const path = `/v1/organizers/${organizer.slug}/orders/${orderId}/notifications`;
  expect((await call('POST', path, door)).status).toBe(403);
  expect(
    (await call('POST', `/v1/organizers/${other.slug}/orders/${orderId}/notifications`, foreignOwner)).json['code'],
  ).toBe('order.not_found');
  // The first version belongs to the payment itself.
  await world.db.execute(sql`
    insert into deliveries (id, organizer_id, subject_id, template, channel, recipient_key)
    select ${newId('dlv')}, organizer_id, id, 'tickets', 'email', buyer_keys[1] from orders where id = ${orderId}`);
  const answers = await Promise.all(Array.from({ length: 8 }, () => call('POST', path, manager)));
  expect(answers.map(({ status }) => status).sort((first, second) => first - second)).toEqual([
    202, 202, 202, 202, 202, 429, 429, 429,
  ]);
  const mails = (await deliveriesOf(world.db, orderId)).filter(({ channel }) => channel === 'email');
  expect(mails.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('an order without tickets has nothing to send', async () => {
  const event = await createEvent(world.db, { organizer });
  const { orderId } = await paidOrder(world, { event });
  await world.db.execute(sql`update orders set status = 'refunded' where id = ${orderId}`);
  const answer = await call('POST', `/v1/organizers/${organizer.slug}/orders/${orderId}/notifications`, manager);
  expect(answer.json['code']).toBe('notification.nothing_to_send');
});
