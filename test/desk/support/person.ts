import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { buyerKey } from '../../../src/access/index.ts';
import { createDeliveries, notifyOrder } from '../../../src/notifications/index.ts';
import { storeInbound } from '../../../src/notifications/inbound/store-inbound.ts';
import { indexOrders } from '../../../src/orders/search/index-orders.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent, sessionTokenOf, signedInOwner, someBuyer } from '../../../testkit/factories.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';
import type { TestService } from '../../../testkit/processes/service.ts';
import { createRoom } from '../../../testkit/waiting-room/places.ts';

/** Marks of one person, one for each way by which data of a person comes into the service. */
export const marks = {
  name: 'Kenariku Merahjambu',
  unpaidName: 'Kenariku Belumbayar',
  holder: 'Kenariku Pemegang',
  given: 'Kenariku Penerima',
  waiting: 'Kenariku Penunggu',
  answer: 'Kenari makan sayur',
  note: 'Kenari menelepon dua kali',
  message: 'Kenari bertanya parkir',
  email: 'kenariku.merahjambu@example.test',
  phone: '+6281298760777',
} as const;

/** Of another organiser's buyer with the same addresses. */
export const elsewhere = 'Kenariku Dilain';

export type PersonWorld = { readonly event: TestEvent; readonly owner: string; readonly ids: Record<string, string> };

/** Puts the person in by every way, at one organiser and, with an order, at another. */
export async function enterByEveryWay(api: TestService): Promise<PersonWorld> {
  const { db, config, joinLane } = api.service;
  const event = await createEvent(db, {
    event: { hasWaitingList: true },
    categories: [{ price: 0, hasHolderNames: true }, {}, { price: 0, capacity: 1 }],
  });
  const owner = await sessionTokenOf(config, await signedInOwner(db, event.organizer));
  const send = async (method: string, path: string, as: string | undefined, body: unknown) => {
    const answer = await api.fetch(path, {
      method,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
      },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    expect([method, path, answer.ok, answer.ok ? '' : text]).toEqual([method, path, true, '']);
    return (text === '' ? {} : JSON.parse(text)) as Record<string, string> & { data: Record<string, string>[] };
  };
  const desk = `/v1/organizers/${event.organizer.slug}`;
  const buyer = { name: marks.name, email: marks.email, phone: marks.phone };
  const place = (of: TestEvent, category: number, by: object) =>
    send('POST', '/v1/orders', undefined, {
      eventSlug: of.slug,
      buyer: by,
      lines: [{ ticketCategoryId: of.categories[category]?.id, quantity: 1 }],
    });

  const paid = await place(event, 0, buyer);
  const unpaid = await place(event, 1, { ...buyer, name: marks.unpaidName });
  const own = `/v1/orders/${paid['id']}`;
  const question = await send('POST', `${desk}/events/${event.id}/questions`, owner, {
    text: 'Apa makanan Anda?',
    kind: 'text',
    scope: 'order',
  });
  const tickets = await send('GET', `${own}/tickets`, paid['accessToken'], undefined);
  await send('PATCH', `${own}/details`, paid['accessToken'], {
    tickets: [{ ticketId: tickets.data[0]?.['id'], holderName: marks.holder }],
    answers: [{ questionId: question['id'], value: marks.answer }],
  });
  await notifyOrder({ clock: api.service.clock, deliveries: createDeliveries(db) }, 'tickets', {
    eventId: event.id,
    orderId: paid['id'] ?? '',
  });
  await send('PUT', `${own}/news-consent`, paid['accessToken'], { wording: '2026-11', locale: 'id' });
  await send('POST', `${desk}/orders/${paid['id']}/notes`, owner, { text: marks.note });

  const friend = await place(event, 2, someBuyer());
  const ofFriend = await send('GET', `/v1/orders/${friend['id']}/tickets`, friend['accessToken'], undefined);
  const holder = { name: marks.given, email: marks.email };
  await send('POST', `/v1/orders/${friend['id']}/transfers`, friend['accessToken'], {
    ticketId: ofFriend.data[0]?.['id'],
    holder,
  });
  await send('POST', `/v1/events/${event.slug}/waiting-list`, undefined, {
    ticketCategoryId: event.categories[2]?.id,
    quantity: 1,
    buyer: { ...buyer, name: marks.waiting },
  });
  // Of no event whose room this process knows yet, a code is the platform's; the row of one that is the organiser's is made of it.
  const code = await send('POST', '/v1/buyers/verifications', undefined, { email: marks.email });
  await db.execute(sql`
    update buyer_verifications set organizer_id = ${event.organizer.id}, event_id = ${event.id} where id = ${code['verificationId']}`);

  const senderId = `snd_${randomUUID().slice(0, 20)}`;
  const { id: organizerId } = event.organizer;
  await db.execute(sql`
    insert into senders (id, organizer_id, kind, external_id, credentials) values (${senderId}, ${organizerId}, 'fonnte', '62811', 'none')`);
  for (const text of [marks.message, 'STOP']) {
    const message = { messageId: randomUUID(), from: marks.phone.slice(1), text, sentAt: undefined };
    await storeInbound(api.service, { id: senderId, organizerId }, message);
  }
  const emailKey = buyerKey(config.HASH_SECRET, 'email', marks.email);
  await createRoom(db, { event });
  await joinLane.submit(event.id, { accountKey: emailKey, insteadOf: undefined });
  await db.execute(
    sql`insert into suppressions (channel, recipient_key, reason) values ('email', ${emailKey}, 'no_such_mailbox')`,
  );
  await db.execute(sql`update deliveries set status = 'failed', failure = 'bounce' where subject_id = ${paid['id']}`);

  const other = await createEvent(db, { categories: [{ price: 0 }] });
  await place(other, 0, { ...buyer, name: elsewhere });
  await indexOrders({ db, log: silentLog, clock: { now: () => new Date(Date.now() + 60_000) } });
  return { event, owner, ids: { paid: paid['id'] ?? '', unpaid: unpaid['id'] ?? '', other: other.organizer.slug } };
}

/** Columns in which one of the marks is found, in clear, as `table.column`. */
export async function columnsWithMarks(api: TestService): Promise<string[]> {
  const { db } = api.service;
  const columns = await rowsOf<{ table: string; column: string }>(
    db,
    sql`select table_name as "table", column_name as "column" from information_schema.columns
      where table_schema = 'public' and table_name in (select relname from pg_class where relkind = 'r')`,
  );
  const texts = Object.values(marks).map((mark) => mark.toLowerCase());
  const found: string[] = [];
  for (const { table, column } of columns) {
    const [row] = await rowsOf<{ text: string | null }>(
      db,
      sql`select string_agg(lower(${sql.identifier(column)}::text), ' ') as text from ${sql.identifier(table)}`,
    );
    if (texts.some((mark) => (row?.text ?? '').includes(mark))) found.push(`${table}.${column}`);
  }
  return found.toSorted();
}
