import { sql } from 'drizzle-orm';
import { type Invariant, invariantOf } from '../platform/invariant.ts';

/** The longest time from a revocation to its commit: statement_timeout of the service's role. */
const revocationSecondsMax = 15;

/** Invariants of the door. A ticket has at most one admission by the primary key, so no invariant checks that. */
export const checkInInvariants: readonly Invariant[] = [
  invariantOf(
    'check_in.admissions_match_scans',
    'A ticket enters once and enters again only after it left; every entry that went through is the admission or a conflict.',
    sql`select format('ticket %s: admission says %s entries and inside %s, scans say %s entries and %s exits',
        coalesce(a.ticket_id, s.ticket_id), coalesce(a.entries, 0), coalesce(a.inside, false),
        coalesce(s.entries, 0), coalesce(s.exits, 0)) as sentence
      from admissions a
      full join (
        select event_id, ticket_id,
          count(*) filter (where direction = 'entry') as entries,
          count(*) filter (where direction = 'exit') as exits,
          -- Entries at a gate that asks for no exit do not alternate with exits: the last passage decides.
          (array_agg(direction order by scanned_at desc))[1] = 'entry' as inside
        from scans where passed and not conflict and ticket_id is not null group by event_id, ticket_id
      ) s on s.event_id = a.event_id and s.ticket_id = a.ticket_id
      where coalesce(a.entries, 0) <> coalesce(s.entries, 0)
        or coalesce(a.inside, false) <> coalesce(s.inside, false)`,
  ),
  invariantOf(
    'check_in.first_scan_kept',
    'Time and gate of a first admission are those of the scan that was admitted.',
    sql`select format('ticket %s: its admission names scan %s, which did not admit it at that time and gate',
        a.ticket_id, a.scan_id) as sentence
      from admissions a
      where not exists (
        select from scans s
        where s.event_id = a.event_id and s.actor_id = a.actor_id and s.device_id = a.device_id
          and s.scan_id = a.scan_id and s.ticket_id = a.ticket_id and s.direction = 'entry' and s.passed
          and not s.conflict and s.scanned_at = a.admitted_at
          and s.gate is not distinct from a.gate
      )`,
  ),
  invariantOf(
    'check_in.zones_counted',
    'The count of a zone is the number of people whose admission says that they are inside it.',
    sql`select format('zone %s: counts %s people, admissions say %s', z.id, z.inside, coalesce(a.people, 0)) as sentence
      from zones z
      left join (
        select event_id, zone_id, count(*) as people from admissions where inside and zone_id is not null group by 1, 2
      ) a on a.event_id = z.event_id and a.zone_id = z.id
      where z.inside <> coalesce(a.people, 0)`,
  ),
  invariantOf(
    'check_in.only_good_tickets',
    'Nobody enters unreported with a ticket that does not exist or that had been revoked before.',
    sql`select format('scan %s of device %s admitted ticket %s, %s', s.scan_id, s.device_id, s.ticket_id,
        case when t.id is null then 'which does not exist' else 'which had been revoked' end) as sentence
      from scans s left join tickets t on t.event_id = s.event_id and t.id = s.ticket_id
      where s.passed and s.direction = 'entry' and s.fault is null
        and (t.id is null or t.revoked_at < s.scanned_at - make_interval(secs => ${revocationSecondsMax}))`,
  ),
];
