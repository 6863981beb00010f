import { sql } from 'drizzle-orm';
import type { Actor } from '../../access/index.ts';
import type { AuditActorKind } from '../../access/tables.ts';
import { orderNotFound } from '../../access/errors.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { eventIdOf, idPatterns } from '../../platform/ids.ts';

/** More than any order has. Beyond it, the newest are returned, and the response says that there are more. */
const entriesMax = 500;

export type StoryEntry = {
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly kind: StoryKind;
  readonly by: { readonly kind: AuditActorKind; readonly id: string; readonly name: string | null } | null;
  readonly detail: Readonly<Record<string, unknown>>;
};

/** In the order of causes: of entries at one instant, what made the other happen stands first. */
export const storyKinds = [
  'order.placed',
  'payment.begun',
  'callback.received',
  'payment.changed',
  'order.paid',
  'tickets.issued',
  'tickets.named',
  'answers.given',
  'ticket.transferred',
  'refund.requested',
  'tickets.revoked',
  'order.ended',
  'refund.done',
  'message.queued',
  'message.sent',
  'message.delivered',
  'scan',
  'task.opened',
  'task.resolved',
  'note',
  'audit',
  'hold.ends',
] as const;
export type StoryKind = (typeof storyKinds)[number];

type Row = {
  readonly at: Date | string;
  readonly kind: StoryKind;
  readonly by_kind: AuditActorKind | null;
  readonly by_id: string | null;
  readonly by_name: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
};

/**
 * Everything that happened to an order and who did it, oldest first: holds, payments, callbacks, refunds, messages, scans, tasks and
 * notes. One statement, by keys of the order. Addresses are masked, and secrets of gateways are left out.
 * @throws DomainError order.not_found, also for another organiser's order
 */
export async function tellStory(
  deps: { readonly db: Db },
  actor: Actor,
  orderId: string,
): Promise<{ entries: StoryEntry[]; isComplete: boolean }> {
  if (!idPatterns.order.test(orderId)) throw orderNotFound();
  const key = { eventId: eventIdOf(orderId), orderId, organizerId: actor.organizerId };
  const rows = await rowsOf<Row>(
    deps.db,
    sql`
      with o as materialized (
        select * from orders where event_id = ${key.eventId} and id = ${orderId} and organizer_id = ${key.organizerId}
      ), t as materialized (
        select t.*, c.name as category from o join tickets t on t.order_id = o.id and t.event_id = o.event_id
        join ticket_categories c on c.event_id = t.event_id and c.id = t.ticket_category_id
      ), m as (${messages}), told (at, kind, by_kind, by_id, detail) as (
        ${ofOrder} union all ${ofTickets} union all ${ofPayments} union all ${ofRefunds} union all ${ofMessages}
        union all ${ofScans} union all ${ofDesk}
      )
      select s.at, s.kind, s.by_kind, s.by_id, staff.name as by_name, s.detail
      from told s left join staff on staff.id = s.by_id and staff.organizer_id = ${key.organizerId}
      order by s.at desc, array_position(${arrayText(storyKinds)}::text[], s.kind) desc, s.detail desc limit ${entriesMax + 1}`,
  );
  if (rows.length === 0) throw orderNotFound();
  return { entries: rows.slice(0, entriesMax).toReversed().map(presentEntry), isComplete: rows.length <= entriesMax };
}

function presentEntry({ at, kind, by_kind: byKind, by_id: byId, by_name: name, detail }: Row): StoryEntry {
  return {
    at: new Date(at).toISOString(),
    kind,
    by: byKind === null || byId === null ? null : { kind: byKind, id: byId, name },
    detail: Object.fromEntries(Object.entries(detail).filter(([, value]) => value !== null)),
  };
}

const money = (amount: string) => sql.raw(`json_build_object('amount', ${amount}, 'currency', o.currency)`);

const ofOrder = sql`
  select o.placed_at, 'order.placed', null::text, null::text,
    jsonb_build_object('tickets', o.quantity, 'total', ${money('o.total')}, 'holdEndsAt', o.expires_at) from o
  union all
  select o.paid_at, 'order.paid', null, null, jsonb_build_object('total', ${money('o.total')}) from o where o.paid_at is not null
  union all
  select o.closed_at, 'order.ended', null, null,
    jsonb_build_object('status', o.status, 'reason', o.close_reason, 'endedBy', o.cancelled_by) from o where o.closed_at is not null
  union all
  select o.expires_at, 'hold.ends', null, null, '{}'::jsonb from o where o.status in ('pending_payment', 'closing')`;

const ofTickets = sql`
  select t.issued_at, 'tickets.issued', null, null,
    jsonb_build_object('ticketIds', jsonb_agg(t.id order by t.id), 'tickets', count(*)) from t group by t.issued_at
  union all
  select t.revoked_at, 'tickets.revoked', null, null,
    jsonb_build_object('ticketIds', jsonb_agg(t.id order by t.id), 'tickets', count(*), 'reason', min(t.revoked_reason))
  from t where t.revoked_at is not null group by t.revoked_at
  union all
  select t.named_at, 'tickets.named', null, null,
    jsonb_build_object('ticketIds', jsonb_agg(t.id order by t.id), 'tickets', count(*), 'holders', string_agg(t.holder_name, ', ' order by t.id))
  from t where t.holder_name is not null and t.times_transferred = 0 group by t.named_at
  union all
  select w.answered_at, 'answers.given', null, null,
    jsonb_build_object('answers', string_agg(q.text || ': ' || w.value, ', ' order by q.position, q.id, w.subject_id))
  from o join answers w on w.event_id = o.event_id and w.order_id = o.id
  join questions q on q.event_id = w.event_id and q.id = w.question_id group by w.answered_at
  union all
  select g.transferred_at, 'ticket.transferred', null, null,
    jsonb_build_object('ticketId', g.ticket_id, 'number', g.number, 'ticketCategory', t.category, 'holders', g.holder_name,
      'recipient', left(g.holder_email, 1) || '•••' || substring(g.holder_email from '@[^@]*$'))
  from t join ticket_transfers g on g.event_id = t.event_id and g.ticket_id = t.id`;

const ofPayments = sql`
  select a.created_at, 'payment.begun', null, null,
    jsonb_build_object('attemptId', a.id, 'gateway', a.gateway, 'method', a.method, 'amount', ${money('a.amount')},
      'expiresAt', a.expires_at)
  from o join payment_attempts a on a.order_id = o.id and a.event_id = o.event_id
  union all
  select a.updated_at, 'payment.changed', null, null,
    jsonb_build_object('attemptId', a.id, 'gateway', a.gateway, 'status', a.status, 'received', ${money('a.received')},
      'refunded', ${money('a.refunded')}, 'gatewayFee', ${money('a.gateway_fee')}, 'failure', a.failure)
  from o join payment_attempts a on a.order_id = o.id and a.event_id = o.event_id where a.updated_at > a.created_at
  union all
  select c.received_at, 'callback.received', null, null,
    jsonb_build_object('attemptId', c.attempt_id, 'gateway', c.gateway, 'status', c.status, 'outcome', c.outcome,
      'appliedAt', c.applied_at)
  from o join payment_attempts a on a.order_id = o.id and a.event_id = o.event_id
  -- Postgres would rather read all callbacks of all events than use a bloom filter inside a join.
  cross join lateral (select * from callbacks k where k.attempt_id = a.id offset 0) c`;

const ofRefunds = sql`
  select r.created_at, 'refund.requested',
    case when r.requested_by like 'stf\\_%' then 'staff' when r.requested_by like 'key\\_%' then 'api_key' end, r.requested_by,
    jsonb_build_object('refundId', r.id, 'amount', ${money('r.amount')}, 'reason', r.reason, 'status', r.status,
      'ticketIds', r.ticket_ids, 'failure', r.failure)
  from o join refunds r on r.order_id = o.id and r.event_id = o.event_id
  union all
  select r.done_at, 'refund.done', null, null, jsonb_build_object('refundId', r.id, 'amount', ${money('r.amount')})
  from o join refunds r on r.order_id = o.id and r.event_id = o.event_id where r.done_at is not null`;

const maskedEmail = (column: string) => sql.raw(`left(${column}, 1) || '•••' || substring(${column} from '@[^@]*$')`);

/**
 * The messages of the order and of its tickets, with the mailbox's first letter and the domain, or the ends of a phone.
 * There is no recipient if the order no longer has the address.
 */
const messages = sql`
  select d.*, null::text as ticket_id, null::text as category,
    case d.recipient_key when o.buyer_keys[1] then ${maskedEmail('o.buyer_email')}
      when o.buyer_keys[2] then left(o.buyer_phone, 3) || '•••' || right(o.buyer_phone, 3) end as recipient
  from o join deliveries d on d.subject_id = o.id
  union all
  select d.*, t.id, t.category,
    coalesce((select ${maskedEmail('g.holder_email')} from ticket_transfers g
      where g.event_id = t.event_id and g.ticket_id = t.id and g.holder_key = d.recipient_key limit 1),
      case d.recipient_key when o.buyer_keys[1] then ${maskedEmail('o.buyer_email')} end)
  from o join t on t.order_id = o.id join deliveries d on d.subject_id = t.id`;

const ofMessages = sql`
  select m.created_at, 'message.queued', null, null,
    jsonb_build_object('deliveryId', m.id, 'template', m.template, 'channel', m.channel, 'status', m.status,
      'recipient', m.recipient, 'failure', m.failure, 'ticketId', m.ticket_id, 'ticketCategory', m.category)
  from m
  union all
  select m.accepted_at, 'message.sent', null, null,
    jsonb_build_object('deliveryId', m.id, 'template', m.template, 'channel', m.channel, 'ticketId', m.ticket_id)
  from m where m.accepted_at is not null
  union all
  select m.delivered_at, 'message.delivered', null, null,
    jsonb_build_object('deliveryId', m.id, 'template', m.template, 'channel', m.channel, 'ticketId', m.ticket_id)
  from m where m.delivered_at is not null`;

const ofScans = sql`
  select s.scanned_at, 'scan',
    case when s.actor_id like 'stf\\_%' then 'staff' when s.actor_id like 'key\\_%' then 'api_key' else 'device' end, s.actor_id,
    jsonb_build_object('ticketId', s.ticket_id, 'ticketCategory', t.category, 'direction', s.direction, 'result', s.result,
      'gate', s.gate, 'offline', s.offline, 'conflict', s.conflict, 'fault', s.fault)
  from t join scans s on s.ticket_id = t.id and s.event_id = t.event_id`;

const ofDesk = sql`
  select n.created_at, 'note', n.author_kind, n.author_id, jsonb_build_object('noteId', n.id, 'text', n.text)
  from o join order_notes n on n.order_id = o.id and n.event_id = o.event_id
  union all
  select k.created_at, 'task.opened', null, null, jsonb_build_object('taskId', k.id, 'task', k.kind)
  from o join tasks k on k.event_id = o.event_id and k.order_id = o.id
  union all
  select k.resolved_at, 'task.resolved',
    case when k.resolved_by like 'stf\\_%' then 'staff' when k.resolved_by like 'key\\_%' then 'api_key' end, k.resolved_by, jsonb_build_object('taskId', k.id, 'task', k.kind)
  from o join tasks k on k.event_id = o.event_id and k.order_id = o.id where k.resolved_at is not null
  union all
  select l.at, 'audit', l.actor_kind, l.actor_id, jsonb_build_object('act', l.act, 'changes', l.changes)
  from o join audit_log l on l.subject_id = o.id and l.organizer_id = o.organizer_id`;
