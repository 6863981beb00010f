import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { sendDelivery } from '../../src/notifications/deliveries/send-delivery.ts';
import { senderKinds } from '../../src/notifications/tables.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { type TestOrganizer, createOrganizer } from '../../testkit/factories.ts';
import { callDesk, signedIn } from '../../testkit/notifications/desk.ts';
import { addGatewaySender, gatewayMessages } from '../../testkit/notifications/message-gateways.ts';
import { addSender, inbox } from '../../testkit/notifications/notification-world.ts';
import { useNotifications } from '../../testkit/notifications/use-notifications.ts';
import { until } from '../../testkit/until.ts';

/**
 * Guards that an owner learns a provider's answer to one message of one sender, which goes to nobody but the organiser.
 */

const world = await useNotifications();
let organizer: TestOrganizer;
let owner: string;
let made = 0;
let phone: string;

beforeEach(async () => {
  await world.db.execute(sql`delete from senders`);
  organizer = await createOrganizer(world.db);
  owner = await signedIn(world, organizer, 'owner');
  made += 1;
  phone = `+62812770${String(made).padStart(5, '0')}`;
  await world.db.execute(
    sql`insert into organizer_profiles (organizer_id, contact_phone) values (${organizer.id}, ${phone})`,
  );
});

const of = (path: string) => `/v1/organizers/${organizer.slug}${path}`;
const show = (id: string) => callDesk(world, 'GET', of(`/message-tests/${id}`), { as: owner });
const byMail = { channel: 'email' };
const by = (senderId: string) => ({ channel: 'whatsapp', senderId });
const send = (body: object, as = owner) => callDesk(world, 'POST', of('/message-tests'), { as, body });

/** A sender of this kind. `isRefused`: its provider does not take its keys. */
async function senderOf(kind: (typeof senderKinds)[number], isRefused = false): Promise<string> {
  if (kind !== 'whatsapp_cloud') {
    const options = { organizerId: organizer.id, ...(isRefused ? { secret: 'another-secret' } : {}) };
    return (await addGatewaySender(world, kind, options)).id;
  }
  return addSender(world.db, { organizerId: organizer.id, ...(isRefused ? { accessToken: 'another-token' } : {}) });
}

/**
 * Requests a test and sends it, as a worker does.
 * @returns the desk's view of it
 */
async function tested(body: object) {
  const { status, json } = await send(body);
  expect([status, json['status']]).toEqual([202, 'queued']);
  const id = String(json['id']);
  await sendDelivery(world.deps, { deliveryId: id }, AbortSignal.timeout(20_000));
  return { id, show: async () => (await show(id)).json };
}

describe.each(senderKinds)('a test of a sender: %s', (kind) => {
  test('goes out by this sender to the phone of the profile, and its arrival is shown', async () => {
    // Another sender with all the weight.
    await addGatewaySender(world, 'waha', { organizerId: organizer.id, weight: 1000 });
    const sender = await senderOf(kind);
    const { id, show } = await tested(by(sender));
    await until(async () => ['delivered', 'read'].includes(String((await show())['status'])));
    expect(await show()).toMatchObject({ channel: 'whatsapp', failure: null });
    const [row] = await rowsOf<{ sender: string }>(
      world.db,
      sql`select sender_id as sender from deliveries where id = ${id}`,
    );
    expect(row?.sender).toBe(sender);
    if (kind === 'whatsapp_cloud') return;
    const [message, ...others] = await gatewayMessages(world, { to: phone.slice(1) });
    expect([message?.text.includes('000000'), others]).toEqual([true, []]);
  });

  test("a refusal ends it at once, with the provider's reason", async () => {
    await addGatewaySender(world, 'waha', { organizerId: organizer.id, weight: 1000 });
    const { show } = await tested(by(await senderOf(kind, true)));
    const shown = await show();
    expect(shown).toMatchObject({ status: 'failed', acceptedAt: null });
    expect(shown['failure']).toMatch(/^(?:waha|fonnte|wablas|graph)_/);
    expect(await gatewayMessages(world, { to: phone.slice(1) })).toEqual([]);
  });
});

test.each([
  ['0812 770 00001', (digits: string) => `0${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`],
  ['+62 812-770-00001', (digits: string) => `+62 ${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6)}`],
  ['(+62) 81277000001', (digits: string) => `(+62) ${digits}`],
] as const)('the phone of the profile may be written for people to read: %s', async (_name, written) => {
  const contact = written(phone.slice('+62'.length));
  await world.db.execute(
    sql`update organizer_profiles set contact_phone = ${contact} where organizer_id = ${organizer.id}`,
  );
  const services = senderKinds.filter((kind) => kind !== 'whatsapp_cloud');
  for (const kind of services)
    expect(await (await tested(by(await senderOf(kind)))).show()).toMatchObject({ failure: null });
  expect(await gatewayMessages(world, { to: phone.slice(1) })).toHaveLength(services.length);
});

test('a fixed line is no phone to test with, as messages go to mobile phones', async () => {
  await world.db.execute(
    sql`update organizer_profiles set contact_phone = '021 555 0100' where organizer_id = ${organizer.id}`,
  );
  expect((await send(by(await senderOf('waha')))).json['code']).toBe('message_test.no_phone');
});

test('a resting sender says so at once', async () => {
  const sender = await senderOf('fonnte');
  await world.db.execute(
    sql`update senders set status = 'cooling', cooling_until = now() + interval '1 hour' where id = ${sender}`,
  );
  const { show } = await tested(by(sender));
  expect(await show()).toMatchObject({ status: 'failed', failure: 'no_sender' });
});

test('a test mail goes to the member who asks, and says what the server said', async () => {
  const { show } = await tested(byMail);
  expect(await show()).toMatchObject({ channel: 'email', status: 'accepted', failure: null });
  const [member] = await rowsOf<{ email: string }>(
    world.db,
    sql`select email from staff where organizer_id = ${organizer.id}`,
  );
  const mails = await inbox(world.sandbox, member?.email ?? '');
  expect(mails.map(({ subject }) => subject)).toEqual(['Uji kirim dari antre']);
});

test('five tests an hour and one in ten seconds are allowed; a refused one leaves no trace', async () => {
  const sender = await senderOf('waha');
  const asked = async () => (await send(by(sender))).status;
  const earlier = () =>
    world.db.execute(sql`update deliveries set version = version - 100 where subject_id = ${sender}`);
  for (let count = 0; count < 5; count += 1) {
    expect(await asked()).toBe(202);
    await earlier();
  }
  const refused = await send(by(sender));
  expect([refused.status, refused.json['code']]).toEqual([429, 'message_test.limited']);
  expect(await rowsOf(world.db, sql`select 1 from deliveries where subject_id = ${sender}`)).toHaveLength(5);
});

test('owners test only their own senders, and only with the phone in their profile', async () => {
  const sender = await senderOf('waha');
  const manager = await signedIn(world, organizer, 'manager');
  expect((await send(by(sender), manager)).status).toBe(403);
  const { id } = await tested(by(sender));
  const other = await createOrganizer(world.db);
  const stranger = await signedIn(world, other, 'owner');
  const theirs = `/v1/organizers/${other.slug}/message-tests`;
  const stolen = await callDesk(world, 'POST', theirs, { as: stranger, body: by(sender) });
  expect(stolen.json['code']).toBe('sender.not_found');
  const read = await callDesk(world, 'GET', `${theirs}/${id}`, { as: stranger });
  expect(read.json['code']).toBe('message_test.not_found');
  await world.db.execute(sql`update organizer_profiles set contact_phone = null where organizer_id = ${organizer.id}`);
  expect((await send(by(sender))).json['code']).toBe('message_test.no_phone');
  await world.db.execute(sql`update senders set status = 'disabled' where id = ${sender}`);
  expect((await send(by(sender))).json['code']).toBe('sender.not_found');
});
