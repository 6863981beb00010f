import { sql } from 'drizzle-orm';
import type { Clock } from '../../platform/clock.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { eachInTurn } from '../../platform/jobs/each-in-turn.ts';
import { stage } from '../../platform/jobs/outbox.ts';
import type { Log } from '../../platform/log.ts';
import { sendAnnouncementJob } from '../jobs.ts';
import { countAudience } from './audience.ts';
import { audienceLagSeconds, settingsDefault } from './limits.ts';

/** Events that one run reminds of; the next run does the others. */
const eventsPerRunMax = 50;
/**
 * After an outage a reminder may be this many hours late. A date that was set later than that was announced by a
 * notice.
 */
const lateHoursMax = 6;

/** As JavaScript writes it, to the millisecond. */
const isoOf = (time: ReturnType<typeof sql>) =>
  sql`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Checked again under the event's lock, because a move may commit in between. */
const dueEvents = sql`
  events e left join message_settings s on s.event_id = e.id
  cross join lateral (
    select case when s.event_id is null then ${settingsDefault.reminderHours}::integer else s.reminder_hours end as hours) h
  where e.status = 'published' and e.postponed_at is null and e.starts_at > now()
    and e.starts_at <= now() + make_interval(hours => h.hours)
    and e.starts_at > now() + make_interval(hours => greatest(h.hours - ${lateHoursMax}::integer, 0))
    and e.published_at < e.starts_at - make_interval(hours => h.hours)
    and not exists (
      select from announcements a
      where a.event_id = e.id and a.kind = 'reminder' and a.occasion = ${isoOf(sql`e.starts_at`)})`;

/**
 * Makes the reminders that are due: one announcement per date of an event, which is then sent like every announcement.
 * An event has one reminder per date, however many runs work at once (unique by event, kind and occasion).
 * @throws the first fault, after the reminders of the other events are made
 */
export async function makeReminders({ db, clock, log }: { db: Db; clock: Clock; log: Log }): Promise<number> {
  // In no order, so that events that fail do not keep the others.
  const due = await rowsOf<{ id: string }>(
    db,
    sql`select e.id from ${dueEvents} order by random() limit ${eventsPerRunMax}`,
  );
  let made = 0;
  await eachInTurn(
    due,
    async ({ id: eventId }) => {
      const announcementId = newId('ann', clock.now());
      const isNew = await transaction(db, async (tx) => {
        if (!(await writeReminder(tx, { announcementId, eventId }))) return false;
        await stage(tx, sendAnnouncementJob, { announcementId, eventId });
        return true;
      });
      if (isNew) made += 1;
    },
    (error, { id }) => log.error({ err: error, eventId: id }, 'the reminder of an event was not made'),
  );
  return made;
}

/** Returns whether it is new. The event's lock keeps its numbers apart from those of the organiser's announcements. */
async function writeReminder(
  tx: Db,
  { announcementId, eventId }: { announcementId: string; eventId: string },
): Promise<boolean> {
  await tx.execute(sql`select from events where id = ${eventId} for no key update`);
  const rows = await rowsOf<{ id: string }>(
    tx,
    sql`
      insert into announcements (id, event_id, organizer_id, number, kind, status, channels, audience_until, occasion, created_by,
        confirmed_at)
      select ${announcementId}, e.id, e.organizer_id,
        (select coalesce(max(number), 0) + 1 from announcements n where n.event_id = e.id), 'reminder', 'sending',
        array['email', 'whatsapp'], now() - make_interval(secs => ${audienceLagSeconds}), ${isoOf(sql`e.starts_at`)}, 'system', now()
      from ${dueEvents} and e.id = ${eventId}
      on conflict (event_id, kind, occasion) do nothing
      returning id`,
  );
  if (rows.length === 0) return false;
  const { email, whatsapp } = await countAudience(tx, announcementId);
  await tx.execute(sql`
    update announcements set recipients_email = ${email}, recipients_whatsapp = ${whatsapp} where id = ${announcementId}`);
  return true;
}
