import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { buyerKey } from '../../src/access/buyers/buyer-key.ts';
import { sendDelivery } from '../../src/notifications/deliveries/send-delivery.ts';
import { commandOf } from '../../src/notifications/inbound/store-inbound.ts';
import { purgeMessages } from '../../src/notifications/inbound/purge-messages.ts';
import { notificationInvariants } from '../../src/notifications/invariants.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { type TestEvent, type TestOrganizer, createEvent, createOrganizer } from '../../testkit/factories.ts';
import { callDesk, signedIn } from '../../testkit/notifications/desk.ts';
import {
  type GatewaySender,
  addGatewaySender,
  gatewayMessages,
  queuedMessage,
} from '../../testkit/notifications/message-gateways.ts';
import { addSender, control, notificationConfig } from '../../testkit/notifications/notification-world.ts';
import { useNotifications } from '../../testkit/notifications/use-notifications.ts';

/**
 * Guards that STOP ends news and never tickets, that the latest word counts in whatever order callbacks come, and that
 * people's messages are shown only to their organiser, for 30 days.
 */

const world = await useNotifications();
let organizer: TestOrganizer;
let event: TestEvent;
let sender: GatewaySender;

beforeEach(async () => {
  organizer = await createOrganizer(world.db);
  event = await createEvent(world.db, { organizer });
  sender = await addGatewaySender(world, 'waha', { organizerId: organizer.id });
});

let phones = 0;
const newPhone = () => `62813555${String((phones += 1)).padStart(5, '0')}`;
type Words = { text: string; id?: string; sentAt?: number };
const writes = (from: string, words: Words, to: GatewaySender = sender) =>
  control(world.sandbox, `gateways/${to.kind}/${to.account}/inbound`, { from, ...words });

async function isStopped(phone: string, organizerId = organizer.id): Promise<boolean | undefined> {
  const key = buyerKey(notificationConfig.HASH_SECRET, 'phone', `+${phone}`);
  const [row] = await rowsOf<{ stopped: boolean }>(
    world.db,
    sql`select is_stopped as stopped from news_stops where organizer_id = ${organizerId} and recipient_key = ${key}`,
  );
  return row?.stopped;
}

async function inboundList(of: TestOrganizer, as: string, query = '') {
  const { status, json } = await callDesk(world, 'GET', `/v1/organizers/${of.slug}/inbound-messages${query}`, { as });
  const { data = [], nextCursor } = json as {
    data?: { phone: string; text: string; command: string | null }[];
    nextCursor?: string | null;
  };
  return { status, data, nextCursor };
}

test('which words are commands', () => {
  for (const text of ['STOP', 'stop', ' Stop. ', 'BERHENTI', 'berhenti!', '*stop*'])
    expect(commandOf(text)).toBe('stop');
  for (const text of ['START', 'mulai', 'Mulai 🙂']) expect(commandOf(text)).toBe('start');
  for (const text of ['', 'please stop the music', 'kapan mulai?', 'stop start', '⛔'])
    expect(commandOf(text)).toBeNull();
});

describe('STOP and START', () => {
  const second = Math.floor(Date.now() / 1000);

  test('stop news, and start them again', async () => {
    const phone = newPhone();
    await writes(phone, { text: 'Berhenti', sentAt: second - 20 });
    expect(await isStopped(phone)).toBe(true);
    await writes(phone, { text: 'MULAI', sentAt: second - 10 });
    expect(await isStopped(phone)).toBe(false);
  });

  test('the latest word counts, whatever the order and number of callbacks', async () => {
    const phone = newPhone();
    const stop = { text: 'STOP', id: `stop-${phone}`, sentAt: second - 30 };
    const start = { text: 'START', id: `start-${phone}`, sentAt: second - 20 };
    const again = { text: 'STOP', id: `again-${phone}`, sentAt: second - 10 };
    for (const words of [start, stop, start]) await writes(phone, words);
    expect(await isStopped(phone)).toBe(false);
    for (const words of [again, start, stop, again]) await writes(phone, words);
    expect(await isStopped(phone)).toBe(true);
  });

  test('a word with a time in the future does not outlast a later one', async () => {
    const phone = newPhone();
    await writes(phone, { text: 'START', sentAt: second + 900_000 });
    await writes(phone, { text: 'STOP' });
    expect(await isStopped(phone)).toBe(true);
  });

  test('tickets are still sent', async () => {
    const phone = newPhone();
    await writes(phone, { text: 'STOP' });
    const { deliveryId, to } = await queuedMessage(world, { event, phone: `+${phone}` });
    await sendDelivery(world.deps, { deliveryId }, AbortSignal.timeout(20_000));
    expect(await gatewayMessages(world, { to })).toHaveLength(1);
  });

  test('to one organiser they do not count for another; to the platform they count for all, and their text is not kept', async () => {
    const other = await createOrganizer(world.db);
    const phone = newPhone();
    await writes(phone, { text: 'STOP' });
    expect(await isStopped(phone, other.id)).toBeUndefined();
    const platform = await addGatewaySender(world, 'fonnte', { organizerId: null });
    const another = newPhone();
    await writes(another, { text: 'STOP' }, platform);
    await writes(another, { text: 'a secret' }, platform);
    expect(await isStopped(another, '')).toBe(true);
    const owner = await signedIn(world, organizer, 'owner');
    expect((await inboundList(organizer, owner)).data.map(({ text }) => text)).toEqual(['STOP']);
  });

  test("messages to another organiser's sender do not use up the limit of a phone", async () => {
    const other = await createOrganizer(world.db);
    const hostile = await addGatewaySender(world, 'waha', { organizerId: other.id });
    const phone = newPhone();
    for (let word = 0; word < 101; word += 1) await writes(phone, { text: 'START' }, hostile);
    await writes(phone, { text: 'STOP' });
    expect(await isStopped(phone)).toBe(true);
  });

  test.each(['fonnte', 'wablas'] as const)('by %s, too', async (kind) => {
    const own = await addGatewaySender(world, kind, { organizerId: organizer.id });
    const phone = newPhone();
    await writes(phone, { text: 'stop' }, own);
    expect(await isStopped(phone)).toBe(true);
  });

  test('by the Cloud API, too', async () => {
    await world.db.execute(sql`delete from senders where external_id = '100000000000001'`);
    await addSender(world.db, { organizerId: organizer.id });
    const phone = newPhone();
    await control(world.sandbox, 'whatsapp/senders/100000000000001/inbound', { from: phone, text: 'STOP' });
    expect(await isStopped(phone)).toBe(true);
  });
});

const notPurged = async () => {
  const invariant = notificationInvariants.find(({ name }) => name === 'notifications.inbound_purged');
  return (await invariant?.find(world.db))?.length;
};

describe('what people write', () => {
  test('is listed for managers of this organiser, newest first, in pages, and is stored encrypted', async () => {
    const phone = newPhone();
    for (const text of ['Apakah ada parkir?', 'Canary-text-4711', 'Terima kasih']) await writes(phone, { text });
    const manager = await signedIn(world, organizer, 'manager');
    const first = await inboundList(organizer, manager, '?limit=2');
    expect(first.data.map(({ text }) => text)).toEqual(['Terima kasih', 'Canary-text-4711']);
    expect(first.data[0]).toMatchObject({ phone: `+${phone}`, command: null });
    const rest = await inboundList(organizer, manager, `?limit=2&cursor=${first.nextCursor ?? ''}`);
    expect(rest.data.map(({ text }) => text)).toEqual(['Apakah ada parkir?']);
    expect(rest.nextCursor).toBeNull();
    const rows = await rowsOf<{ text: string }>(
      world.db,
      sql`select row_to_json(i)::text as text from inbound_messages i`,
    );
    expect(rows.some(({ text }) => text.includes('Canary') || text.includes(phone))).toBe(false);
    const other = await createOrganizer(world.db);
    const stranger = await signedIn(world, other, 'owner');
    expect((await inboundList(organizer, stranger)).status).toBe(404);
    expect((await inboundList(other, stranger)).data).toEqual([]);
    expect((await inboundList(organizer, await signedIn(world, organizer, 'door'))).status).toBe(403);
  });

  test('a repeated callback is listed once, and one phone cannot fill the list', async () => {
    const phone = newPhone();
    for (let copy = 0; copy < 3; copy += 1) await writes(phone, { text: 'Halo', id: `copy-${phone}` });
    const manager = await signedIn(world, organizer, 'manager');
    expect((await inboundList(organizer, manager)).data).toHaveLength(1);
    for (let more = 0; more < 40; more += 1) await writes(phone, { text: `Halo ${more}` });
    expect((await inboundList(organizer, manager)).data).toHaveLength(30);
    // The word still counts.
    await writes(phone, { text: 'STOP' });
    expect(await isStopped(phone)).toBe(true);
  });

  test('is gone from the list after 30 days, and then deleted by the job', async () => {
    const phone = newPhone();
    for (const text of ['old', 'new']) await writes(phone, { text });
    const manager = await signedIn(world, organizer, 'manager');
    const age = (days: number) =>
      world.db.execute(sql`
        update inbound_messages set received_at = now() - make_interval(days => ${days}, hours => -1)
        where id = (select min(id) from inbound_messages where organizer_id = ${organizer.id})`);
    const kept = async () =>
      rowsOf<{ id: string }>(world.db, sql`select id from inbound_messages where organizer_id = ${organizer.id}`);
    await age(30);
    await purgeMessages(world.deps);
    expect(await kept()).toHaveLength(2);
    await age(31);
    expect(await notPurged()).toBe(0);
    await age(32);
    expect(await notPurged()).toBe(1);
    expect((await inboundList(organizer, manager)).data.map(({ text }) => text)).toEqual(['new']);
    await purgeMessages(world.deps);
    expect(await kept()).toHaveLength(1);
    expect(await notPurged()).toBe(0);
  });
});
