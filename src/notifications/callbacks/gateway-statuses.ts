import { sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import type { ReportedStatus, StatusReport } from '../channels/whatsapp/sender-plugin.ts';
import { type NamedReport, foldStatuses } from './fold-statuses.ts';
import { gatewayStatuses } from '../tables.ts';

/**
 * For providers whose callbacks do not carry our delivery's id. Their status of a message can come before the answer to
 * the sending has given us the message's id, and a later status may name the message by a second id. Each status is
 * therefore kept, and applied as soon as the ids are known.
 */

const keptDays = 7;
const purgedMax = 20_000;
const foldedMax = 100;

export async function keepStatuses(db: Db, senderId: string, reports: readonly StatusReport[]): Promise<void> {
  await db.insert(gatewayStatuses).values(
    reports.map(({ messageId = null, stateId = null, status = 'known' as const, failure = null }) => ({
      senderId,
      messageId,
      stateId,
      status,
      failure,
    })),
  );
}

/** Applies all statuses of these messages, under either of their ids. */
export async function foldKeptStatuses(
  db: Db,
  sender: { id: string; organizerId: string | null },
  told: readonly Pick<StatusReport, 'messageId' | 'stateId'>[],
): Promise<void> {
  const messageIds = told.flatMap(({ messageId }) => messageId ?? []);
  const stateIds = told.flatMap(({ stateId }) => stateId ?? []);
  const rows = await rowsOf<{ messageId: string; status: ReportedStatus; failure: string | null }>(
    db,
    sql`
      with message as (
        select m as message_id from unnest(${arrayText(messageIds)}::text[]) m
        union
        select k.message_id from gateway_statuses k
        where k.sender_id = ${sender.id} and k.state_id = any(${arrayText(stateIds)}::text[]) and k.message_id is not null
      ), state as (
        select distinct k.state_id, k.message_id from gateway_statuses k join message m on m.message_id = k.message_id
        where k.sender_id = ${sender.id} and k.state_id is not null
      )
      select m.message_id as "messageId", k.status, k.failure from message m
      join gateway_statuses k on k.sender_id = ${sender.id} and k.status <> 'known' and (k.message_id = m.message_id
        or (k.message_id is null and k.state_id in (select s.state_id from state s where s.message_id = m.message_id)))
      order by k.id limit ${foldedMax}`,
  );
  const reports = rows.map(
    ({ messageId, status, failure }): NamedReport => ({ messageId, status, failure: failure ?? undefined }),
  );
  if (reports.length > 0) await foldStatuses(db, sender, reports);
}

/** A message was just accepted: applies statuses that came before. */
export async function foldEarlyStatuses(
  db: Db,
  { senderId, organizerId, messageId }: { senderId: string; organizerId: string | null; messageId: string },
): Promise<void> {
  await foldKeptStatuses(db, { id: senderId, organizerId }, [{ messageId }]);
}

/** Removes a bounded number of statuses that are too old to matter. */
export async function purgeGatewayStatuses(db: Db): Promise<void> {
  await db.execute(sql`
    delete from gateway_statuses where id in (
      select id from gateway_statuses where reported_at < now() - make_interval(days => ${keptDays})
      order by reported_at limit ${purgedMax} for update skip locked)`);
}
