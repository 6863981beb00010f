import { sql } from 'drizzle-orm';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { type CommitDeps, commitDraw } from '../draw/index.ts';

/** Buyers have at least this long to join, or the planned time if that is shorter. */
const joinTime = sql`least(freezes_at - pre_queue_opens_at, interval '10 minutes')`;

/**
 * Opens the pre-queue at its time. If nothing could open it until less than half of the time to join is left, because
 * Postgres or all workers were away, the freeze and the opening move: otherwise nearly everybody would come after the
 * freeze, and stand in the order of arrival. Undefined if it was no longer closed, or is not due.
 */
export async function openPreQueue(
  deps: CommitDeps & { readonly db: Db },
  eventId: string,
): Promise<'on_time' | 'late' | undefined> {
  return transaction(deps.db, async (tx) => {
    const [room] = await rowsOf<{ is_late: boolean; freezes_at_ms: number; draw_lead_seconds: number }>(
      tx,
      sql`
        with due as (
          select event_id, case when freezes_at - now() < ${joinTime} / 2 then ${joinTime} - (freezes_at - now())
            else interval '0' end as late
          from waiting_rooms where event_id = ${eventId} and phase = 'closed' and pre_queue_opens_at <= now() for update)
        update waiting_rooms room set phase = 'pre_queue', changed_at = now(),
          freezes_at = room.freezes_at + due.late, opens_at = room.opens_at + due.late
        from due where room.event_id = due.event_id
          and exists (select from draws where event_id = room.event_id and state = 'committed')
        returning due.late > interval '0' as is_late, (extract(epoch from room.freezes_at) * 1000)::float8 as freezes_at_ms,
          room.draw_lead_seconds`,
    );
    if (room?.is_late !== true) return room && 'on_time';
    await commitDraw(deps, tx, {
      eventId,
      freezesAt: new Date(room.freezes_at_ms),
      leadSeconds: room.draw_lead_seconds,
    });
    return 'late';
  });
}
