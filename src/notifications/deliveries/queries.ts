import { sql } from 'drizzle-orm';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { prepared } from '../../platform/database/prepared.ts';
import { idsWithJob, stagedJobs } from '../../platform/jobs/staged-jobs.ts';
import {
  announcementSend,
  deliverySend,
  reminderSend,
  remindersSendTogether,
  ticketsSend,
  ticketsSendTogether,
} from '../jobs.ts';
import type { Channel, DeliveryStatus, SenderKind, SuppressionReason, Template } from '../tables.ts';

/** A delivery that this call has claimed. */
export type Claim = {
  readonly id: string;
  readonly organizer_id: string | null;
  readonly subject_id: string;
  readonly template: Template;
  readonly channel: Channel;
  readonly recipient_key: string;
  readonly version: number;
  readonly status: DeliveryStatus;
  readonly tries: number;
  readonly unknowns: number;
  readonly age_seconds: number;
  readonly suppressed: boolean;
  /** The kind of the sender that has tried it last. */
  readonly sender_kind: SenderKind | null;
  /** The sender whose message this recipient accepted last. */
  readonly last_sender_id: string | null;
};

/** After this time an unfinished sending counts as crashed; longer than any channel's deadline. */
const sendingMaxSeconds = 30;
/** How long a message without an answer waits for its status. */
const unknownWaitSeconds = 180;
/**
 * Most mails get no status, so each time that a mail stays without an answer, its wait is longer by this factor. A mail
 * server that accepts every mail and answers too late then gets four copies of one mail, and one that was down for
 * hours gets the mail in the end.
 */
const mailWaitFactor = 10;

/** Claims deliveries that may be sent now (`claim_deliveries`). Of two concurrent callers one gets each. */
export async function claimDeliveries(db: Db, ids: readonly string[]): Promise<Claim[]> {
  return rowsOf<Claim>(
    db,
    sql`
      select id, organizer_id, subject_id, template, channel, recipient_key, version, status, tries, unknowns, age_seconds, suppressed,
        sender_kind, last_sender_id
      from claim_deliveries(${arrayText(ids)}::text[], ${sendingMaxSeconds}::integer, ${unknownWaitSeconds}::integer) ${prepared}`,
  );
}

/** The seconds for which each of these is still claimed by another caller; absent if there is nothing to wait for. */
export async function secondsInOtherHands(db: Db, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await rowsOf<{ id: string; seconds: number }>(
    db,
    sql`
      select id, extract(epoch from sending_at + make_interval(secs => ${sendingMaxSeconds}) - now())::float8 as seconds
      from deliveries where id = any(${arrayText(ids)}::text[]) and status = 'sending'`,
  );
  return new Map(rows.map((row) => [row.id, Math.max(row.seconds, 0)]));
}

export type Acceptance = {
  readonly id: string;
  readonly providerMessageId: string;
  readonly senderId?: string | undefined;
};

/** The provider has them. A status that came before this call is kept. */
export async function acceptDeliveries(db: Db, items: readonly Acceptance[]): Promise<void> {
  await db.execute(sql`
    select accept_deliveries(
      ${arrayText(items.map(({ id }) => id))}::text[], ${arrayText(items.map((item) => item.providerMessageId))}::text[],
      ${arrayText(items.map(({ senderId }) => senderId ?? null))}::text[]) as done ${prepared}`);
}

/** Certainly not accepted: queued again. `unspent` gives the try back. */
export async function requeueDelivery(
  db: Db,
  { id, failure, unspent, recheckSeconds }: { id: string; failure: string; unspent: boolean; recheckSeconds: number },
): Promise<void> {
  await db.execute(sql`
    update deliveries set status = 'queued', failure = ${failure}, tries = greatest(tries - ${unspent ? 1 : 0}, 0),
      next_check_at = now() + make_interval(secs => ${recheckSeconds})
    where id = ${id} and status = 'sending'`);
}

/** This delivery is given up. */
export async function endDelivery(
  db: Db,
  { id, status, failure }: { id: string; status: 'failed' | 'suppressed'; failure: string },
): Promise<void> {
  await db.execute(sql`
    update deliveries set status = ${status}, failure = ${failure}, next_check_at = null
    where id = ${id} and status in ('sending', 'queued', 'unknown')`);
}

/** Whether the mail with the same content was sent, or is on its way. */
export async function isMailedToo(db: Db, id: string): Promise<boolean> {
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`
      select m.id from deliveries d join deliveries m on m.subject_id = d.subject_id and m.template = d.template
        and m.version = d.version and m.channel = 'email'
      where d.id = ${id} and m.status not in ('failed', 'suppressed', 'capped') limit 1`,
  );
  return rows.length > 0;
}

/** The outcome is unknown: waits for a status that names the delivery. */
export async function markUnknown(
  db: Db,
  { id, failure, senderId }: { id: string; failure: string; senderId: string | undefined },
): Promise<void> {
  await db.execute(sql`
    update deliveries set status = 'unknown', failure = ${failure}, sender_id = ${senderId ?? null}, unknowns = unknowns + 1,
      next_check_at = now() + make_interval(secs =>
        ${unknownWaitSeconds}::float8 * case channel when 'email' then power(${mailWaitFactor}::float8, unknowns) else 1 end)
    where id = ${id} and status = 'sending'`);
}

export async function suppressRecipient(
  db: Db,
  {
    channel,
    recipientKey,
    reason,
    days,
  }: { channel: Channel; recipientKey: string; reason: SuppressionReason; days: number | undefined },
): Promise<void> {
  await db.execute(sql`
    insert into suppressions (channel, recipient_key, reason, until)
    values (${channel}, ${recipientKey}, ${reason}, ${days === undefined ? null : sql`now() + make_interval(days => ${days})`})
    on conflict (channel, recipient_key) do update set reason = excluded.reason, until = excluded.until, created_at = now()`);
}

const deliveryJobs = [deliverySend, ticketsSend, reminderSend, announcementSend];
const togetherJobs = [ticketsSendTogether, remindersSendTogether];

export type DueDelivery = { readonly id: string; readonly event_id: string | null; readonly template: Template };

/**
 * Unfinished deliveries that need another look; each is looked at again only after the pause. Those whose job is still
 * staged, as in a backlog, are left to it, because more jobs would make the backlog longer.
 */
export async function takeDueDeliveries(db: Db, limit: number, pauseSeconds: number): Promise<DueDelivery[]> {
  return rowsOf<DueDelivery>(
    db,
    sql`
      with due as (
        update deliveries set next_check_at = now() + make_interval(secs => ${pauseSeconds})
        where id in (
          select id from deliveries where next_check_at <= now() order by next_check_at limit ${limit} for update skip locked
        ) returning id, event_id, template
      )
      select id, event_id, template from due
      where id not in ${idsWithJob(deliveryJobs, 'deliveryId')} and id not in (
        select jsonb_array_elements_text(staged.payload -> 'deliveryIds') from ${stagedJobs(togetherJobs)} staged)`,
  );
}
