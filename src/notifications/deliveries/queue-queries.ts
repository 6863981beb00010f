import { type SQL, sql } from 'drizzle-orm';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { tellStaged } from '../../platform/jobs/tell-staged.ts';
import { type Share, messagesPerHourMax } from './caps.ts';
import { deliveryJobOf, togetherJobOf } from '../jobs.ts';
import type { OrderRef } from './subject-queries.ts';
import { type OrderRule, type OrderTemplate, isConfirmed, isPaid, orderRules } from './order-rules.ts';
import type { Channel, Template } from '../tables.ts';

/**
 * Turns facts into deliveries. Everything goes through `queue_deliveries` (drizzle/functions), which counts a
 * recipient's messages in the statement that queues them, so that no number of processes exceeds a cap.
 */

/** A new delivery: queued, or capped and never sent. */
export type NewDelivery = { readonly id: string; readonly channel: Channel; readonly cappedBy: Share | null };

const capRows = sql.join(
  Object.entries(messagesPerHourMax).flatMap(([channel, shares]) =>
    Object.entries(shares).map(([share, max]) => sql`(${channel}::text, ${share}::text, ${max}::integer)`),
  ),
  sql`, `,
);

/**
 * @param candidates a select of id, organizer_id, event_id, subject_id, template, channel, recipient_key, version and
 * share; a null share is not counted
 */
export async function queueDeliveries(db: Db, template: Template, candidates: SQL): Promise<NewDelivery[]> {
  const added = await rowsOf<NewDelivery>(
    db,
    sql`
      with candidate as (${candidates}), lists as (
        select array_agg(c.id) as ids, array_agg(c.organizer_id) as organizers, array_agg(c.event_id) as events,
          array_agg(c.subject_id) as subjects, array_agg(c.template) as templates, array_agg(c.channel) as channels,
          array_agg(c.recipient_key) as keys, array_agg(c.version) as versions, array_agg(c.share) as shares,
          array_agg(cap.hourly_max) as maxes
        from candidate c
        left join (values ${capRows}) as cap (channel, share, hourly_max) on cap.channel = c.channel and cap.share = c.share
      )
      select q.id, q.channel, q.capped_by as "cappedBy"
      from lists l
      cross join lateral queue_deliveries(l.ids, l.organizers, l.events, l.subjects, l.templates, l.channels, l.keys, l.versions,
        l.shares, l.maxes, ${deliveryJobOf(template).name}, ${togetherJobOf(template)?.name ?? null}::text) q`,
  );
  if (added.length > 0) tellStaged(db);
  return added;
}

export type OrderNotice = OrderRef & { readonly emailId: string; readonly whatsappId: string };

/** Exceptions from the rule of a fact. */
export type QueueOptions =
  /** The next version instead of the fact's own, counted as a re-send. */
  | { readonly resend: true }
  /** The next version, counted as the fact itself. */
  | { readonly again: true }
  /** The version of an event's notice. */
  | { readonly version: number };

/**
 * Records the deliveries of facts about orders and stages their sending, in one statement. Email always; WhatsApp if a
 * number exists that may send, and money has come or the order's buyer has confirmed the phone: nobody else's phone
 * rings because somebody typed it.
 */
export async function queueOrderDeliveries(
  db: Db,
  template: OrderTemplate,
  notices: readonly OrderNotice[],
  options?: QueueOptions,
): Promise<NewDelivery[]> {
  const rule = orderRules[template];
  const isResend = options !== undefined && 'resend' in options;
  const isAgain = isResend || (options !== undefined && 'again' in options);
  const share = isResend ? () => sql`'resends'` : rule.share;
  const emailKey = sql`o.buyer_keys[1]`;
  const phoneKey = sql`o.buyer_keys[2]`;
  const row = (id: SQL, channel: Channel, key: SQL) => sql`
    select ${id}, o.organizer_id, o.event_id, o.id, ${template}::text, ${channel}::text, ${key}, o.version,
      (${share(key)})::text from subject o`;
  return queueDeliveries(
    db,
    template,
    sql`
      with subject as (
        select o.id, o.event_id, o.organizer_id, o.buyer_keys, o.confirmed_key, o.buyer_phone, o.total, o.paid_at, a.email_id, a.whatsapp_id,
          ${versionOf(rule, template, options)} as version
        from unnest(${arrayText(notices.map((notice) => notice.eventId))}::text[], ${arrayText(notices.map((notice) => notice.orderId))}::text[],
          ${arrayText(notices.map((notice) => notice.emailId))}::text[], ${arrayText(notices.map((notice) => notice.whatsappId))}::text[])
          as a (event_id, order_id, email_id, whatsapp_id)
        join orders o on o.event_id = a.event_id and o.id = a.order_id
        where ${rule.when} and ${(isAgain ? rule.whenAgain : undefined) ?? sql`true`}
      ), message (id, organizer_id, event_id, subject_id, template, channel, recipient_key, version, share) as (
        ${row(sql`o.email_id`, 'email', emailKey)}
        union all
        ${row(sql`o.whatsapp_id`, 'whatsapp', phoneKey)}
        where ${rule.whatsapp} and o.buyer_phone <> '' and (${isPaid} or ${isConfirmed(phoneKey)}) and exists (
          select from senders s where s.status <> 'disabled' and (s.organizer_id = o.organizer_id or s.organizer_id is null))
      )
      select * from message`,
  );
}

function versionOf(rule: OrderRule, template: OrderTemplate, options: QueueOptions | undefined): SQL {
  if (options === undefined) return rule.version;
  if ('version' in options) return sql`${options.version}::integer`;
  return sql`(select coalesce(max(x.version), 0) + 1 from deliveries x where x.subject_id = o.id and x.template = ${template})`;
}

/** The address for a staff member's one-time link; undefined for a link that does not exist. */
export async function findStaffAddress(db: Db, tokenId: string): Promise<string | undefined> {
  const [row] = await rowsOf<{ email: string }>(
    db,
    sql`select m.email from staff_tokens t join staff m on m.id = t.staff_id where t.id = ${tokenId}`,
  );
  return row?.email;
}

/** Records the delivery of a staff member's one-time link, by email. */
export async function queueStaffDelivery(
  db: Db,
  input: {
    template: Extract<Template, 'staff_invitation' | 'staff_password_reset'>;
    tokenId: string;
    deliveryId: string;
    recipientKey: string;
  },
): Promise<NewDelivery[]> {
  return queueDeliveries(
    db,
    input.template,
    sql`
      select ${input.deliveryId}::text as id, m.organizer_id, null::text as event_id, t.id as subject_id,
        ${input.template}::text as template, 'email'::text as channel, ${input.recipientKey}::text as recipient_key,
        1 as version, 'staff'::text as share
      from staff_tokens t join staff m on m.id = t.staff_id where t.id = ${input.tokenId}`,
  );
}

/** Records the delivery of a message to a member about an object of another room, by email. */
export async function queueMemberDelivery(
  tx: Db,
  message: {
    template: Extract<Template, 'report_ready' | 'report_failed' | 'webhook_disabled'>;
    subjectId: string;
    /** Tells repeated events of one subject apart. */
    version?: number;
    organizerId: string;
    deliveryId: string;
    recipientKey: string;
  },
): Promise<NewDelivery[]> {
  return queueDeliveries(
    tx,
    message.template,
    sql`
      select ${message.deliveryId}::text as id, ${message.organizerId}::text as organizer_id, null::text as event_id,
        ${message.subjectId}::text as subject_id, ${message.template}::text as template, 'email'::text as channel,
        ${message.recipientKey}::text as recipient_key, ${message.version ?? 1}::integer as version,
        ${message.template === 'webhook_disabled' ? 'staff' : 'reports'}::text as share`,
  );
}

/** Records the delivery of a code that a buyer requested, on the channel of the address. */
export async function queueVerificationDelivery(
  db: Db,
  input: { verificationId: string; deliveryId: string },
): Promise<NewDelivery[]> {
  return queueDeliveries(
    db,
    'buyer_code',
    sql`
      select ${input.deliveryId}::text as id, organizer_id, event_id, id as subject_id, 'buyer_code'::text as template, channel,
        account_key as recipient_key, 1 as version, 'codes'::text as share
      from buyer_verifications where id = ${input.verificationId}`,
  );
}
