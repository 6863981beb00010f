import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Role } from '../../src/access/actor.ts';
import { doorScopes, keyScopes } from '../../src/access/credentials/key-scopes.ts';
import { examples } from '../../src/contract-examples.ts';
import { type Db, rowsOf } from '../../src/platform/database/db.ts';
import { newId } from '../../src/platform/ids.ts';
import {
  type TestOrganizer,
  createEvent,
  createOrganizer,
  sessionTokenOf,
  signedInMember,
  someBuyer,
} from '../factories.ts';
import { type TestService, startTestService } from '../processes/service.ts';

/** The whole API with two organisers who both have one of everything, for tests of access to other people's objects. */
export type TenantWorld = {
  readonly running: TestService;
  readonly own: Tenant;
  readonly other: Tenant;
  /** Another event of the own organiser, with one of everything. */
  readonly sibling: Tenant;
  /** One request, from a network of its own: limits per network are another test's subject. */
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  /** A digest of every row of every table. Equal digests mean that nothing was written in between. */
  digest(): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
};

export type AskOptions = {
  readonly as?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Answer = { readonly status: number; readonly text: string; readonly headers: Headers };

export const staffCallers = ['owner', 'manager', 'door', 'manager key', 'door key', 'device'] as const;
export type StaffCaller = (typeof staffCallers)[number];

/** An organiser with one object for each path parameter of the contract. */
export type Tenant = {
  readonly credentials: Readonly<Record<StaffCaller, string>>;
  /** By the name of the path parameter. */
  readonly ids: Readonly<Record<string, string>>;
  /** Two paid orders of different buyers, with one ticket each. */
  readonly orders: readonly [TenantOrder, TenantOrder];
};

export type TenantOrder = { readonly id: string; readonly token: string; readonly ticketId: string };

export async function openTenants(environment: Record<string, string> = {}): Promise<TenantWorld> {
  const running = await startTestService({ REQUESTS_PER_MINUTE_PER_NETWORK: '1000000', ...environment });
  let asked = 0;
  const ask: TenantWorld['ask'] = async (method, path, { as, body, headers = {} } = {}) => {
    asked += 1;
    const remoteAddress = `10.${asked >> 8}.${asked & 255}.1`;
    const init = {
      method,
      headers: {
        ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    const response = await running.fetch(path, init, remoteAddress);
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  const [organizer, stranger] = [await createOrganizer(running.service.db), await createOrganizer(running.service.db)];
  const own = await openTenant(running, ask, organizer);
  const other = await openTenant(running, ask, stranger);
  const sibling = await openTenant(running, ask, organizer);
  return {
    running,
    own,
    other,
    sibling,
    ask,
    digest: () => digestOf(running.service.db),
    close: () => running.close(),
  };
}

async function openTenant(
  { service }: TestService,
  ask: TenantWorld['ask'],
  organizer: TestOrganizer,
): Promise<Tenant> {
  const { db } = service;
  const event = await createEvent(db, { organizer, categories: [{ price: 0 }] });
  const path = `/v1/organizers/${organizer.slug}`;
  const owner = await memberOf(service, organizer, 'owner');
  const make = async (to: string, body: unknown): Promise<Record<string, string>> => {
    const { status, text } = await ask('POST', `${path}${to}`, { as: owner.token, body });
    if (status !== 201 && status !== 202) throw new Error(`POST ${to} answered ${status} ${text}`);
    return JSON.parse(text) as Record<string, string>;
  };
  const member = await memberOf(service, organizer, 'door');
  const categoryId = event.categories[0]?.id ?? '';
  const ofEvent = `/events/${event.id}`;
  const [startsAt, endsAt] = [73, 74].map(hoursAhead);
  const [device, managerKey, doorKey] = [
    await make('/devices', { eventId: event.id, name: 'Scanner' }),
    await make('/api-keys', { name: 'Shop', role: 'manager', scopes: keyScopes }),
    await make('/api-keys', { name: 'Gate', role: 'door', scopes: doorScopes }),
  ];
  const orders = [await orderOf(ask, event.slug, categoryId), await orderOf(ask, event.slug, categoryId)] as const;
  // A literal address, so that no name is resolved. Nothing is sent to it.
  const hook = { ...(examples['createWebhookEndpoint'] as object), url: 'https://93.184.215.14/antre' };
  const endpoint = await make('/webhooks', hook);
  const [preQueueOpensAt, freezesAt, opensAt] = [24, 25, 26].map(hoursAhead);
  const room = { as: owner.token, body: { preQueueOpensAt, freezesAt, opensAt, rateMax: 50 } };
  const planned = await ask('PUT', `${path}${ofEvent}/waiting-room`, room);
  if (planned.status >= 300) throw new Error(`the waiting room was answered with ${planned.text}`);
  const made: Record<string, string> = {
    slug: organizer.slug,
    eventSlug: event.slug,
    eventId: event.id,
    orderId: orders[0].id,
    ticketId: orders[0].ticketId,
    ticketCategoryId: categoryId,
    poolId: event.categories[0]?.poolId ?? '',
    promoCodeId: idOf(await make(`${ofEvent}/promo-codes`, { code: 'SENJA10', kind: 'percent', value: 10 })),
    gateId: idOf(await make(`${ofEvent}/gates`, { name: 'North' })),
    questionId: idOf(await make(`${ofEvent}/questions`, examples['createQuestion'])),
    zoneId: idOf(await make(`${ofEvent}/zones`, { name: 'Field' })),
    scheduleItemId: idOf(await make(`${ofEvent}/schedule`, { title: 'Music', startsAt, endsAt })),
    announcementId: idOf(await make(`${ofEvent}/announcements`, announcement(categoryId))),
    senderId: idOf(await make('/senders', { ...(examples['createSender'] as object), phoneNumberId: `${Date.now()}` })),
    reportId: idOf(await make('/reports', { kind: 'orders', format: 'csv' })),
    scheduleId: idOf(await make('/report-schedules', examples['createReportSchedule'])),
    endpointId: idOf(endpoint),
    testId: idOf(await make('/message-tests', { channel: 'email' })),
    staffId: member.id,
    sessionId: member.sessionId,
    keyId: idOf(managerKey),
    deviceId: idOf(device),
  };
  return {
    credentials: {
      owner: owner.token,
      manager: (await memberOf(service, organizer, 'manager')).token,
      door: (await memberOf(service, organizer, 'door')).token,
      'manager key': managerKey['key'] ?? '',
      'door key': doorKey['key'] ?? '',
      device: device['token'] ?? '',
    },
    ids: { ...made, ...(await rowsWithoutRoute(db, organizer.id, event.id, made)) },
    orders,
  };
}

const hoursAhead = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
const idOf = (made: Record<string, string>): string => made['id'] ?? '';
const announcement = (categoryId: string) => ({
  ...(examples['draftAnnouncement'] as object),
  channels: ['email'],
  audience: { ticketCategoryIds: [categoryId] },
});

async function memberOf({ db, config }: TestService['service'], organizer: TestOrganizer, role: Role) {
  const { id, sessionId } = await signedInMember(db, organizer, role);
  return { id, sessionId, token: await sessionTokenOf(config, { id, sessionId }) };
}

async function orderOf(ask: TenantWorld['ask'], eventSlug: string, ticketCategoryId: string): Promise<TenantOrder> {
  const { status, text } = await ask('POST', '/v1/orders', {
    headers: { 'idempotency-key': randomUUID() },
    body: { eventSlug, buyer: someBuyer(), lines: [{ ticketCategoryId, quantity: 1 }] },
  });
  if (status !== 201) throw new Error(`the order was answered with ${status} ${text}`);
  const { id, accessToken: token } = JSON.parse(text) as { id: string; accessToken: string };
  const tickets = await ask('GET', `/v1/orders/${id}/tickets`, { as: token });
  const { data } = JSON.parse(tickets.text) as { data: { id: string }[] };
  return { id, token, ticketId: data[0]?.id ?? '' };
}

/** Makes the objects that workers and outside parties make. */
async function rowsWithoutRoute(
  db: Db,
  organizerId: string,
  eventId: string,
  { orderId = '', endpointId = '' }: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const [taskId, noticeId, suppressionId] = [newId('tsk'), newId('ntc'), newId('dlv')];
  await db.execute(sql`
    insert into tasks (id, organizer_id, event_id, order_id, kind, subject_id)
    values (${taskId}, ${organizerId}, ${eventId}, ${orderId}, 'refund_manual', ${orderId})`);
  await db.execute(sql`
    insert into event_notices (id, event_id, kind, before, event_version, due_at, is_held)
    select ${noticeId}, id, 'moved', jsonb_build_object('startsAt', starts_at, 'endsAt', ends_at, 'doorsOpenAt', doors_open_at,
      'venue', venue, 'city', city, 'address', address, 'timeZone', time_zone), version, now() + interval '1 hour', true
    from events where id = ${eventId}`);
  const [{ webhookId } = { webhookId: '' }] = await rowsOf<{ webhookId: string }>(
    db,
    sql`insert into webhooks (id, organizer_id, event_id, type, subject_id, data, occurred_at)
        values (webhook_id(clock_timestamp()), ${organizerId}, ${eventId}, 'order.paid', ${orderId}, '{}', now()) returning id as "webhookId"`,
  );
  await db.execute(sql`
    insert into webhook_deliveries (endpoint_id, webhook_id, subject_id, due_at)
    values (${endpointId}, ${webhookId}, ${orderId}, now())`);
  await db.execute(sql`
    insert into deliveries (id, organizer_id, event_id, subject_id, template, channel, recipient_key, version, status, failure)
    select ${suppressionId}, ${organizerId}, event_id, id, 'order_expired', 'email', buyer_keys[1], 1, 'failed', 'no_such_mailbox'
    from orders where event_id = ${eventId} and id = ${orderId}`);
  await db.execute(sql`
    insert into suppressions (channel, recipient_key, reason)
    select channel, recipient_key, 'no_such_mailbox' from deliveries where id = ${suppressionId}`);
  return { taskId, noticeId, webhookId, suppressionId };
}

async function digestOf(db: Db): Promise<Record<string, string>> {
  const tables = await rowsOf<{ name: string }>(
    db,
    sql`select quote_ident(relname) as name from pg_class
        where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname`,
  );
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    const rows = sql`select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest from ${sql.raw(name)} t`;
    digests[name] = (await rowsOf<{ digest: string }>(db, rows))[0]?.digest ?? '';
  }
  return digests;
}
