import type { Actor } from '../../access/actor.ts';
import { writeAudit } from '../../access/audit/audit.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { scanNotFound, scanNotUndoable } from '../errors.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { sql } from 'drizzle-orm';

export type UndoneScan = { readonly ticketId: string; readonly inside: boolean };

/**
 * Takes back an entry or exit that was a mistake. The scan keeps its answer but no longer counts: the ticket's later entries and exits are
 * judged again without it. Idempotent. Devices get the ticket with their next delta.
 * @param input.deviceId as in the scan; a login may undo only its own scans
 * @throws DomainError event.not_found, check_in.other_event, check_in.scan_not_found, check_in.not_undoable for a scan that let nobody through
 */
export async function undoScan(
  deps: { db: Db },
  actor: Actor,
  input: { eventId: string; scanId: string; deviceId?: string | undefined; reason: string },
): Promise<UndoneScan> {
  const { id: eventId } = await findActorEvent(deps, actor, input.eventId);
  const deviceId = input.deviceId ?? (actor.kind === 'device' ? actor.id : '');
  return transaction(deps.db, async (tx) => {
    const key = { eventId, actorId: actor.id, deviceId, scanId: input.scanId };
    const found = await findScan(tx, key);
    if (found === undefined) throw scanNotFound();
    if (found.ticket_id === null) throw scanNotUndoable();
    // The lock order everywhere is: ticket, scans, admission.
    await tx.execute(
      sql`select from tickets where event_id = ${eventId} and id = ${found.ticket_id} for no key update`,
    );
    if ((await markUndone(tx, key, input.reason)) === 0) {
      if (!found.is_undone) throw scanNotUndoable();
    } else {
      await tx.execute(sql`select recount_admissions(${eventId}, array[${found.ticket_id}]::text[])`);
      await writeAudit(tx, {
        actor,
        act: 'scan.undone',
        subjectId: found.ticket_id,
        changes: { eventId, scanId: input.scanId, deviceId, reason: input.reason },
      });
    }
    return { ticketId: found.ticket_id, inside: await isInside(tx, eventId, found.ticket_id) };
  });
}

type ScanKey = {
  readonly eventId: string;
  readonly actorId: string;
  readonly deviceId: string;
  readonly scanId: string;
};

async function findScan(tx: Db, key: ScanKey): Promise<{ ticket_id: string | null; is_undone: boolean } | undefined> {
  const [row] = await rowsOf<{ ticket_id: string | null; is_undone: boolean }>(
    tx,
    sql`select ticket_id, undone_at is not null as is_undone from scans where ${sameScan(key)}`,
  );
  return row;
}

/** @returns 1 if the scan had let somebody through, else 0 */
async function markUndone(tx: Db, key: ScanKey, reason: string): Promise<number> {
  const rows = await rowsOf(
    tx,
    sql`update scans set passed = false, conflict = false, conflict_at = null, conflict_gate = null,
          undone_at = clock_timestamp(), undone_by = ${key.actorId}, undone_reason = ${reason}
        where ${sameScan(key)} and passed and undone_at is null returning scan_id`,
  );
  return rows.length;
}

async function isInside(tx: Db, eventId: string, ticketId: string): Promise<boolean> {
  const [row] = await rowsOf<{ inside: boolean }>(
    tx,
    sql`select inside from admissions where event_id = ${eventId} and ticket_id = ${ticketId}`,
  );
  return row?.inside ?? false;
}

function sameScan({ eventId, actorId, deviceId, scanId }: ScanKey) {
  return sql`event_id = ${eventId} and actor_id = ${actorId} and device_id = ${deviceId} and scan_id = ${scanId}`;
}
