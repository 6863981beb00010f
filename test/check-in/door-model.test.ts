import * as fc from 'fast-check';
import { systemClock } from '../../src/platform/clock.ts';
import { expect, it } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { scanTicket, syncScans } from '../../src/check-in/index.ts';
import { checkInInvariants } from '../../src/check-in/invariants.ts';
import type { DecidedScan } from '../../src/check-in/scans/queries.ts';
import { type DoorEvent, addDoorEvent, addTickets, taken } from '../../testkit/check-in/door-event.ts';
import { testTicketKeys } from '../../testkit/check-in/ticket-keys.ts';
import { useDoorDatabase } from './support/door-database.ts';

/**
 * Whatever is scanned online and offline, in whatever order it arrives: the history of each ticket stays possible, the
 * earliest entry counts, and every scan id keeps its answer.
 */

const { sql, open, scans } = await useDoorDatabase();

type Step = {
  readonly device: number;
  readonly ticket: number;
  readonly direction: 'entry' | 'exit';
  /** Minutes ago, for a scan made offline; few values, so that times collide. */
  readonly minutesAgo: number | undefined;
  /** The phone of the login, and whether it states the door's decision. */
  readonly phone: string | undefined;
  readonly decision: 'passed' | 'refused' | undefined;
};

const step: fc.Arbitrary<Step> = fc.record({
  device: fc.nat({ max: 2 }),
  ticket: fc.nat({ max: 1 }),
  direction: fc.constantFrom('entry' as const, 'entry' as const, 'exit' as const),
  minutesAgo: fc.option(fc.nat({ max: 8 }), { nil: undefined }),
  phone: fc.option(fc.constantFrom('one', 'two'), { nil: undefined }),
  decision: fc.constantFrom('passed' as const, 'refused' as const, undefined),
});

function resultOf({ decision, direction }: Step) {
  if (decision === 'refused') return 'already_used';
  return decision === undefined ? undefined : direction === 'entry' ? 'admitted' : 'exited';
}

async function run(of: DoorEvent, codes: readonly string[], steps: readonly Step[], now: number, atOnce: boolean) {
  const one = async (at: Step, index: number): Promise<DecidedScan | undefined> => {
    const actor: Actor =
      at.device === 0
        ? { ...of, kind: 'api_key', id: 'key_0', role: 'door' }
        : { ...of, kind: 'device', id: `dev_${at.device}`, role: 'door' };
    const scan = {
      code: codes[at.ticket] ?? '',
      scanId: `scan-${index}`,
      deviceId: at.phone,
      direction: at.direction,
    };
    if (at.minutesAgo === undefined)
      return scanTicket({ scans, ticketKeys: testTicketKeys(open.db) }, actor, { eventId: of.eventId, ...scan });
    const scannedAt = new Date(now - at.minutesAgo * 60_000);
    const [answer] = await syncScans({ db: open.db, clock: systemClock, ticketKeys: testTicketKeys(open.db) }, actor, {
      eventId: of.eventId,
      scans: [{ ...scan, scannedAt, result: resultOf(at) }],
    });
    return taken(answer);
  };
  if (atOnce) return Promise.all(steps.map(one));
  const answers: (DecidedScan | undefined)[] = [];
  for (const [index, at] of steps.entries()) answers.push(await one(at, index));
  return answers;
}

async function check(of: DoorEvent): Promise<void> {
  for (const invariant of checkInInvariants) expect(await invariant.find(open.db)).toEqual([]);
  const history = await sql<{ ticket_id: string; direction: string; scanned_at: Date }[]>`
    select ticket_id, direction, scanned_at from scans
    where event_id = ${of.eventId} and passed and not conflict
    order by ticket_id, scans.scanned_at`;
  const last = new Map<string, string>();
  for (const { ticket_id, direction } of history) {
    expect([ticket_id, direction]).not.toEqual([ticket_id, last.get(ticket_id) ?? 'exit']);
    last.set(ticket_id, direction);
  }
  const unreported = await sql`
    select 1 from (
      select direction, conflict, conflict_at, lag(direction) over (partition by ticket_id order by scanned_at) as before
      from scans where event_id = ${of.eventId} and passed and ticket_id is not null) passages
    where direction = 'entry' and before = 'entry' and (not conflict or conflict_at is null)`;
  expect(unreported).toEqual([]);
  const firsts = await sql<{ wrong: number }[]>`
    select count(*)::int as wrong from admissions a
    where a.event_id = ${of.eventId} and a.admitted_at <> (
      select min(scanned_at) from scans s
      where s.event_id = a.event_id and s.ticket_id = a.ticket_id and s.passed and s.direction = 'entry')`;
  expect(firsts).toEqual([{ wrong: 0 }]);
}

it.each([
  ['one after the other', false],
  ['all at once', true],
])('holds for any scans, %s', { timeout: 120_000 }, async (_, atOnce) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const event = await addDoorEvent(sql);
      const codes = (await addTickets(sql, event, 2)).map((ticket) => ticket.code);
      const now = Date.now();
      const answers = await run(event, codes, steps, now, atOnce);
      await check(event);
      const said = steps.filter((at) => at.minutesAgo !== undefined && at.decision === 'passed').length;
      const [kept] = await sql`
        select count(*) filter (where offline and decision in ('admitted', 'exited'))::int as said,
          count(*) filter (where offline and decision = 'already_used' and passed)::int as wrong
        from scans where event_id = ${event.eventId} and (passed or decision = 'already_used')`;
      expect(kept).toEqual({ said, wrong: 0 });
      const again = await run(event, codes, steps, now, atOnce);
      expect(again.map((answer) => answer?.result)).toEqual(answers.map((answer) => answer?.result));
      expect(again.every((answer) => answer?.replayed)).toBe(true);
    }),
    { numRuns: 40 },
  );
});
