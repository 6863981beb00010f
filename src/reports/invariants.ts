import { sql } from 'drizzle-orm';
import { type Invariant, invariantOf } from '../platform/invariant.ts';

const graceMinutes = 15;
const waitHours = 6;
const clearGraceHours = 24;

export const reportInvariants: readonly Invariant[] = [
  invariantOf(
    'reports.none_stuck',
    'A report that was asked for is made, or said to have failed.',
    sql`
      select 'report ' || id || ' lost its worker and nobody looks after it' as sentence from reports
      where status = 'making' and lease_until < now() - make_interval(mins => ${graceMinutes})
      union all
      select 'report ' || r.id || ' waits although no other of its organizer is being made' from reports r
      where r.status = 'waiting' and r.created_at < now() - make_interval(hours => ${waitHours})
        and not exists (select from reports m where m.organizer_id = r.organizer_id and m.status = 'making')`,
  ),
  invariantOf(
    'reports.members_mailed',
    'The member who asked for a report is mailed once when it is ready, or has failed.',
    sql`
      select 'report ' || r.id || ' is ' || r.status || ' and has ' || count(d.id) || ' deliveries' as sentence
      from reports r
      join staff s on s.id = r.member_id and s.status = 'active'
      left join deliveries d on d.subject_id = r.id and d.template = 'report_' || r.status
      where r.status in ('ready', 'failed') and s.created_at < r.finished_at
      group by r.id having count(d.id) <> 1`,
  ),
  invariantOf(
    'reports.files_deleted',
    'The file of a report is deleted after its time.',
    sql`
      select 'report ' || id || ' is over since ' || expires_at || ' and its file may be there' as sentence from reports
      where cleared_at is null and expires_at < now() - make_interval(hours => ${clearGraceHours})`,
  ),
  invariantOf(
    'reports.schedules_run',
    'A report of a schedule is asked for when it is due.',
    sql`
      select 'schedule ' || id || ' was due at ' || next_run_at as sentence from report_schedules
      where ended_at is null and next_run_at < now() - make_interval(mins => ${graceMinutes})`,
  ),
];
