import type { Actor } from '../../access/actor.ts';
import { decodeCursor } from '../../http/contract/pagination.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { sql } from 'drizzle-orm';
import type { Fault } from '../tables.ts';

/**
 * Lists entries that offline doors should have refused: second entries of a ticket, and entries against the rules. Newest first, at most
 * `limit` + 1.
 * @throws DomainError event.not_found, check_in.other_event, request.invalid
 */
export async function listConflicts(
  deps: { db: Db },
  actor: Actor,
  input: ConflictQuery & { readonly cursor?: string | undefined },
): Promise<ConflictRow[]> {
  await findActorEvent(deps, actor, input.eventId);
  return listConflictRows(deps.db, input, placeOf(input.cursor));
}

type ConflictQuery = {
  readonly eventId: string;
  readonly limit: number;
  /** Only conflicts of scans that this device has made, or whose other scan it has made. */
  readonly deviceId?: string | undefined;
};

function placeOf(cursor: string | undefined): ConflictPlace | undefined {
  if (cursor === undefined) return undefined;
  const [scannedAt = '', actorId = '', deviceId = '', scanId = ''] = decodeCursor(cursor, [
    'time',
    'text',
    'text',
    'text',
  ]);
  return { scannedAt, actorId, deviceId, scanId };
}

export type ConflictRow = {
  readonly actor_id: string;
  readonly device_id: string;
  readonly scan_id: string;
  readonly ticket_id: string | null;
  readonly gate: string | null;
  readonly scanned_at: string;
  readonly by: string | null;
  readonly fault: Fault | null;
  readonly conflict_at: string | null;
  readonly conflict_gate: string | null;
  readonly conflict_device_id: string | null;
  readonly conflict_scan_id: string | null;
  readonly conflict_by: string | null;
};

type ConflictPlace = {
  readonly scannedAt: string;
  readonly actorId: string;
  readonly deviceId: string;
  readonly scanId: string;
};

/** The name of the device, member or API key that made a scan; null for one that was deleted. */
const nameOf = (actorId: string) =>
  sql.raw(`(select name from devices where id = ${actorId} union all select name from staff where id = ${actorId}
    union all select name from api_keys where id = ${actorId} limit 1)`);

/** The same list in SQL, after the cursor's place. */
async function listConflictRows(
  db: Db,
  { eventId, deviceId, limit }: ConflictQuery,
  before: ConflictPlace | undefined,
): Promise<ConflictRow[]> {
  const place =
    before === undefined
      ? sql`true`
      : sql`(s.scanned_at, s.actor_id, s.device_id, s.scan_id) <
          (${before.scannedAt}::timestamptz, ${before.actorId}, ${before.deviceId}, ${before.scanId})`;
  const isOfDevice =
    deviceId === undefined
      ? sql`true`
      : sql`${deviceId} in (coalesce(nullif(s.device_id, ''), s.actor_id), other.device)`;
  return rowsOf<ConflictRow>(
    db,
    sql`select s.actor_id, s.device_id, s.scan_id, s.ticket_id, s.gate, to_json(s.scanned_at) #>> '{}' as scanned_at,
          ${nameOf('s.actor_id')} as by, s.fault, case when s.conflict then to_json(s.conflict_at) #>> '{}' end as conflict_at,
          case when s.conflict then s.conflict_gate end as conflict_gate, other.device as conflict_device_id,
          other.scan_id as conflict_scan_id, ${nameOf('other.actor_id')} as conflict_by
        from scans s
        left join lateral (
          select coalesce(nullif(device_id, ''), actor_id) as device, actor_id, scan_id from scans o
          where o.event_id = s.event_id and o.ticket_id = s.ticket_id and o.scanned_at = s.conflict_at and o.passed
          limit 1
        ) other on s.conflict
        where s.event_id = ${eventId} and ((s.conflict and s.direction = 'entry') or s.fault is not null) and s.undone_at is null and ${place}
          and ${isOfDevice}
        order by s.scanned_at desc, s.actor_id desc, s.device_id desc, s.scan_id desc limit ${limit + 1}`,
  );
}
