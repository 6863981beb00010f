import { sql } from 'drizzle-orm';
import { type Invariant, invariantOf } from '../platform/invariant.ts';

export const accessInvariants: readonly Invariant[] = [
  invariantOf(
    'access.active_staff_has_password',
    'Who may sign in has a password of the accepted form; nobody signs in without one.',
    sql`
      select 'staff ' || id || ' is active without a password hash' as sentence from staff
      where status = 'active' and (password_hash is null or password_hash not like '$scrypt$%')`,
  ),
  invariantOf(
    'access.disabled_staff_is_out',
    'Somebody who was disabled, or was only invited, has no session and keeps no password.',
    sql`
      select 'session ' || session.id || ' of ' || s.status || ' staff ' || s.id || ' is live' as sentence
      from sessions session join staff s on s.id = session.staff_id
      where s.status <> 'active' and session.ended_at is null and session.expires_at > now()
      union all
      select 'staff ' || id || ' is ' || status || ' and has a password' from staff
      where status <> 'active' and password_hash is not null`,
  ),
  invariantOf(
    'access.sessions_end',
    'No session lives longer than twelve hours.',
    sql`
      select 'session ' || id || ' lives longer than 12 hours' as sentence from sessions
      where expires_at > created_at + interval '12 hours 1 minute'`,
  ),
  invariantOf(
    'access.organizer_has_owner',
    'An organiser with active staff has an owner, so that somebody can always undo a mistake.',
    sql`
      select 'organizer ' || s.organizer_id || ' has no owner' as sentence
      from staff s where s.status = 'active'
      group by s.organizer_id
      having not exists (
        select from staff owner where owner.organizer_id = s.organizer_id and owner.role = 'owner' and owner.status <> 'disabled')`,
  ),
  invariantOf(
    'access.links_of_members',
    'An open invitation belongs to somebody invited, an open reset to somebody active.',
    sql`
      select 'link ' || t.id || ' (' || t.purpose || ') is open for ' || s.status || ' staff ' || s.id as sentence
      from staff_tokens t join staff s on s.id = t.staff_id
      where t.used_at is null and t.expires_at > now()
        and s.status <> case t.purpose when 'invitation' then 'invited' else 'active' end`,
  ),
  invariantOf(
    'access.verifications_end',
    'The address of a buyer who asked for a code is gone within an hour of the code, and only a code that went out confirms.',
    sql`
      select 'verification ' || id || ' is kept since ' || expires_at as sentence from buyer_verifications
      where expires_at < now() - interval '1 hour'
      union all
      select 'verification ' || id || ' was good for longer than ten minutes' from buyer_verifications
      where expires_at > created_at + interval '10 minutes 1 second'
      union all
      select 'verification ' || v.id || ' is confirmed and was never sent' from buyer_verifications v
      where v.confirmed_at is not null and not exists (select from deliveries d where d.subject_id = v.id)`,
  ),
];
