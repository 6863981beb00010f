import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { webhookInvariants } from '../../../src/notifications/webhooks/invariants.ts';
import { catalogue } from '../../../src/notifications/webhooks/catalogue.ts';
import { cancelEvent } from '../../../src/catalog/events/cancel-event.ts';
import { organizerEventSchema } from '../../../src/catalog/events/schemas.ts';
import { changeEvent } from '../../../src/catalog/events/change-event.ts';
import { postponeEvent, resumeEvent } from '../../../src/catalog/events/postpone-event.ts';
import { publishEvent } from '../../../src/catalog/events/publish-event.ts';
import { setSales } from '../../../src/catalog/events/set-sales.ts';
import { unpublishEvent } from '../../../src/catalog/events/unpublish-event.ts';
import { removePicture } from '../../../src/catalog/media/set-picture.ts';
import { scanTicket } from '../../../src/check-in/scans/scan-ticket.ts';
import { correctBuyer } from '../../../src/orders/desk/correct-buyer.ts';
import { correctHolderName } from '../../../src/orders/desk/correct-holder-name.ts';
import { showDeskOrder } from '../../../src/orders/desk/show-order.ts';
import { giveDetails } from '../../../src/orders/details/give-details.ts';
import { releaseHold } from '../../../src/orders/lifecycle/end-holds.ts';
import { lockOrder } from '../../../src/orders/lifecycle/queries.ts';
import { refundOrder } from '../../../src/orders/lifecycle/refund-order.ts';
import { createQuestion } from '../../../src/orders/questions/create-question.ts';
import type { Order } from '../../../src/orders/tables.ts';
import { transferTicket } from '../../../src/orders/transfers/transfer-ticket.ts';
import { type Db, rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { orderCode } from '../../../src/platform/ids.ts';
import { encodeBase32 } from '../../../src/platform/text/base32.ts';
import { createEvent, createOrganizer, createPaymentAccount, signedInOwner } from '../../../testkit/factories.ts';
import { type WebhookWorld, openWebhookWorld } from '../../../testkit/notifications/webhook-world.ts';

/**
 * Guards that subscribed facts are noted once, in their published shape, and that nothing is noted without an endpoint.
 */

let world: WebhookWorld;
beforeAll(async () => {
  world = await openWebhookWorld();
});
afterAll(() => world.close());

const counts = () =>
  rowsOf<{ webhooks: number; deliveries: number }>(
    world.db,
    sql`select (select count(*)::int from webhooks) as webhooks, (select count(*)::int from webhook_deliveries) as deliveries`,
  );

async function change<Result>(eventId: string, orderId: string, act: (tx: Db, order: Order) => Promise<Result>) {
  return transaction(world.db, async (tx) => {
    const order = await lockOrder(tx, eventId, orderId);
    if (order === undefined) throw new Error('the order is gone');
    return act(tx, order);
  });
}

async function ticketOf(orderId: string) {
  const [ticket] = await rowsOf<{ id: string; code: string }>(
    world.db,
    sql`select id, encode(code, 'hex') as code from tickets where order_id = ${orderId} order by id limit 1`,
  );
  if (ticket === undefined) throw new Error('no ticket');
  return { id: ticket.id, code: encodeBase32(Buffer.from(ticket.code, 'hex')) };
}

async function sale(price = 150_000) {
  const organizer = await createOrganizer(world.db);
  await createPaymentAccount(world.db, organizer);
  const event = await createEvent(world.db, {
    organizer,
    event: { doorsOpenAt: new Date(Date.now() - 3_600_000) },
    categories: [{ price, capacity: 100 }],
  });
  return { organizer, event, actor: await signedInOwner(world.db, organizer) };
}

/** An order's whole life, a visit, and a change of the event. */
async function everything({ event, actor }: Awaited<ReturnType<typeof sale>>) {
  const visited = await world.paid(event, { quantity: 2 });
  const { code } = await ticketOf(visited);
  const scan = { eventId: event.id, code, scanId: 'scan-1', direction: 'entry' as const };
  await scanTicket(world.api.service, actor, scan);
  await scanTicket(world.api.service, actor, { ...scan, scanId: 'scan-2' });
  const refunded = await world.paid(event);
  await change(event.id, refunded, (tx, order) => refundOrder(tx, order, { restock: true, reason: 'requested' }));
  const expired = await world.placed(event);
  await change(event.id, expired, releaseHold);
  const [row] = await rowsOf<{ version: number }>(world.db, sql`select version from events where id = ${event.id}`);
  await changeEvent(world.api.service, {
    actor,
    eventId: event.id,
    version: row?.version ?? 0,
    values: { venue: 'Pantai Depok' },
  });
  await cancelEvent(world.api.service, { actor, eventId: event.id });
  return { visited, refunded, expired };
}

test('each fact is recorded once, in order, by its schema and without personal data', async () => {
  const at = await sale();
  const endpoint = await world.addEndpoint(at.organizer);
  const { visited, refunded, expired } = await everything(at);
  const facts = await world.facts(at.organizer);
  expect(facts.map(({ type, subject_id: subject }) => [type, subject])).toEqual([
    ['order.paid', visited],
    ['ticket.checked_in', (await ticketOf(visited)).id],
    ['order.paid', refunded],
    ['order.refunded', refunded],
    ['order.expired', expired],
    ['event.changed', at.event.id],
    ['event.cancelled', at.event.id],
  ]);
  for (const { type, data, event_id: eventId } of facts) {
    expect(catalogue[type].data.safeParse(data).error).toBeUndefined();
    expect(eventId).toBe(at.event.id);
    expect(JSON.stringify(data)).not.toMatch(/@|\+62|Ayu/);
  }
  expect(facts[0]?.data).toMatchObject({ quantity: 2, liveTickets: 2, total: { amount: 300_000, currency: 'IDR' } });
  expect(facts[3]?.data).toMatchObject({ status: 'refunded', liveTickets: 0 });
  // Programs find the same fields in the order itself.
  const {
    orderId,
    quantity: _quantity,
    liveTickets: _live,
    ...said
  } = (facts[3]?.data ?? {}) as { orderId: string; [field: string]: unknown };
  expect(await showDeskOrder(world.api.service, at.actor, orderId)).toMatchObject(said);
  expect(facts[5]?.data).toMatchObject({ venue: 'Pantai Depok', changed: ['venue'] });
  expect((await world.deliveries(endpoint.id)).map(({ webhook_id: id }) => id)).toEqual(facts.map(({ id }) => id));
  for (const invariant of webhookInvariants) expect(await invariant.find(world.db)).toEqual([]);
});

test('a free order is paid when it is placed; a draft becomes a fact when it is published', async () => {
  const at = await sale(0);
  await world.db.execute(sql`update events set status = 'draft' where id = ${at.event.id}`);
  await world.addEndpoint(at.organizer);
  await publishEvent(world.api.service, { actor: at.actor, eventId: at.event.id });
  const orderId = await world.placed(at.event);
  const facts = await world.facts(at.organizer);
  expect(facts.map(({ type, subject_id: subject }) => [type, subject])).toEqual([
    ['event.published', at.event.id],
    ['order.paid', orderId],
  ]);
});

test('programs learn of each act that changes a public event, also that it is public no longer', async () => {
  const at = await sale();
  await world.addEndpoint(at.organizer);
  const of = { actor: at.actor, eventId: at.event.id };
  const { service } = world.api;
  await setSales(service, { ...of, sales: 'closed' });
  await setSales(service, { ...of, sales: 'closed' });
  await postponeEvent(service, of);
  await resumeEvent(service, of);
  const picture = 'a'.repeat(32);
  await service.db.execute(sql`insert into pictures (id, organizer_id) values (${picture}, ${at.organizer.id})`);
  await service.db.execute(sql`update events set picture_id = ${picture} where id = ${at.event.id}`);
  await removePicture(service, of);
  await unpublishEvent(service, of);
  // A draft is the organiser's own.
  await setSales(service, { ...of, sales: 'open' });
  const facts = await world.facts(at.organizer);
  const changed = (fields: string[], status = 'published') => ({
    type: 'event.changed',
    data: { status, changed: fields },
  });
  expect(facts).toMatchObject([
    changed(['sales']),
    changed(['isPostponed']),
    changed(['isPostponed']),
    changed(['picture', 'pictureFocus']),
    changed(['status'], 'draft'),
  ]);
  expect(facts[1]).toMatchObject({ data: { sales: 'closed', isPostponed: true } });
  const named = new Set(Object.keys(organizerEventSchema.shape));
  for (const { type, data } of facts) {
    expect(catalogue[type].data.safeParse(data).error).toBeUndefined();
    for (const field of (data as { changed: string[] }).changed) expect(named).toContain(field);
  }
});

test('programs learn of each act that changes what an order says about people', async () => {
  const { organizer, actor } = await sale();
  const event = await createEvent(world.db, { organizer, categories: [{ hasHolderNames: true }] });
  const { service } = world.api;
  const question = { text: 'Ukuran kaus', kind: 'text', scope: 'order' } as const;
  const asked = await createQuestion(service, {
    actor,
    eventId: event.id,
    input: { ...question, textEn: null, choices: [], isRequired: false, position: 0 },
  });
  const orderId = await world.paid(event);
  await world.addEndpoint(organizer, { types: ['order.changed'] });
  const { id: ticketId } = await ticketOf(orderId);
  const link = { orderId, version: 1 };
  const given = {
    tickets: [{ ticketId, holderName: 'Budi Santoso' }],
    answers: [{ questionId: asked.id, ticketId: null, value: 'L' }],
  };
  // A change takes over from an earlier one that was not tried (`order-changes.test.ts`).
  const tried = () =>
    world.db.execute(sql`update webhook_deliveries set tried_at = now() where subject_id = ${orderId}`);
  await giveDetails(service, link, given);
  await giveDetails(service, link, given);
  await tried();
  await correctHolderName(service, { actor, orderId, ticketId, holderName: 'Budi Hartono' });
  await tried();
  await correctBuyer(service, { actor, orderId, correction: { name: 'Citra Dewi' } });
  await correctBuyer(service, { actor, orderId, correction: { name: 'Citra Dewi' } });
  await tried();
  const holder = { name: 'Dian Sastro', email: 'dian@example.test' };
  await transferTicket(service, { ticketId, shown: { by: 'buyer', ...link }, holder });
  const facts = await world.facts(organizer);
  expect(facts).toMatchObject(
    [['holders', 'answers'], ['holders'], ['buyer'], ['holders']].map((changed) => ({
      type: 'order.changed',
      subject_id: orderId,
      event_id: event.id,
      data: { status: 'paid', code: orderCode(orderId), changed },
    })),
  );
  for (const { type, data } of facts) {
    expect(catalogue[type].data.safeParse(data).error).toBeUndefined();
    expect(JSON.stringify(data)).not.toMatch(/@|Budi|Citra|Dian/);
  }
});

test('no fact is written for an organiser without an endpoint, nor for types without a subscriber', async () => {
  const before = await counts();
  const without = await sale();
  await everything(without);
  const deaf = await sale();
  await world.addEndpoint(deaf.organizer, { types: ['event.published'] });
  await everything(deaf);
  expect(await counts()).toEqual(before);
});

test('a disabled endpoint keeps the facts for a replay, without a delivery; a deleted one keeps none', async () => {
  const at = await sale();
  const endpoint = await world.addEndpoint(at.organizer, { types: ['order.paid'] });
  await world.db.execute(sql`
    update webhook_endpoints set status = 'disabled', disabled_reason = 'organizer', disabled_at = now() where id = ${endpoint.id}`);
  await world.paid(at.event);
  expect(await world.facts(at.organizer)).toHaveLength(1);
  expect(await world.deliveries(endpoint.id)).toEqual([]);
  await world.db.execute(
    sql`update webhook_endpoints set status = 'deleted', disabled_reason = null where id = ${endpoint.id}`,
  );
  await world.paid(at.event);
  expect(await world.facts(at.organizer)).toHaveLength(1);
});

test('ids are in the order of their facts, and unique within one moment', async () => {
  const rows = await rowsOf<{ id: string }>(
    world.db,
    sql`select webhook_id(now() + make_interval(secs => n / 1000000.0)) as id from generate_series(1, 200) n order by n`,
  );
  const ids = rows.map(({ id }) => id);
  expect(ids).toEqual(ids.toSorted());
  expect(ids.every((id) => /^msg_[0-9A-HJKMNP-TV-Z]{20}$/.test(id))).toBe(true);
  const same = await rowsOf<{ id: string }>(world.db, sql`select webhook_id(now()) as id from generate_series(1, 500)`);
  expect(new Set(same.map(({ id }) => id)).size).toBe(500);
});
