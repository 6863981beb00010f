import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { seededRandom } from '../../../sandbox/random.ts';
import { newCredential } from '../../../src/access/credentials/credential.ts';
import { checkInInvariants } from '../../../src/check-in/invariants.ts';
import { newId } from '../../../src/platform/ids.ts';
import { type DoorEvent, type HeldTicket, addDoorEvent, addTickets } from '../../../testkit/check-in/door-event.ts';
import { benchEncryptionKey } from '../../bench/harness/api-environment.ts';
import { say } from '../../bench/harness/stack.ts';
import { networkAddress } from '../../bench/load/order-requests.ts';
import { openConnection, requestBytes } from '../../generator/connection.ts';
import type { Drill } from '../drill.ts';
import { type DrillWorld, openDrillWorld } from '../world/world.ts';
import { type RoundsOf, type Seen, faultsShownMax, roundsDrill } from './rounds-drill.ts';

const rounds = 10_000;
const apart = { maxMs: 5, wantedMs: 4 } as const;
/** Pairs of gates that work at the same time. */
const pairs = 8;
/**
 * A timer may fire late, and a scan may be refused for overload. Such a round does not count, and another ticket is
 * shown.
 */
const spareRatio = 1.5;
const againMs = 100;
const triesMax = 50;
const progressEvery = 1000;

/** Two gates scan one ticket at nearly the same moment, again and again. */
export const gatesDrill: Drill = roundsDrill({
  does: 'Tickets are shown at eight pairs of gates. Two API processes answer; each scan is a request over HTTP.',
  fault: `door: each ticket is scanned at two gates within ${apart.maxMs} ms, ${rounds} tickets`,
  proof: 'Tickets whose two scans were sent so close together.',
  holds:
    'One scan of each ticket is admitted. The other is told when and at which gate. The database has one admission for each ticket.',
  mutant: {
    without:
      'an entry counts only for the call that has written the admission; without the guard it is enough that none was seen',
    edits: [
      {
        file: 'drizzle/functions/check-in/check_in_tickets.sql',
        text: 'from entries where ticket_id in (select ticket_id from admitted);',
        instead:
          'from entries e where not exists (select from admissions a where a.event_id = p_event_id and a.ticket_id = e.ticket_id);',
      },
    ],
  },
  rounds,
  runRounds: showTickets,
});

type ScanAnswer = {
  readonly result: string;
  readonly firstAdmission?: { readonly at: string; readonly gate: string | null };
};
type Gate = {
  readonly name: string;
  /** @returns the answer, and whether it came at the first try */
  scan(code: string): Promise<{ readonly answer: ScanAnswer; readonly isFirstTry: boolean }>;
  close(): void;
};

async function showTickets({ variant, seed, rounds: wanted, mutant }: RoundsOf): Promise<Seen> {
  const world = await openDrillWorld({ seed, apis: 2, workers: 0, mutant });
  const sql = postgres(world.services.addresses.databaseDirectUrl, { max: 2, onnotice: () => {} });
  try {
    const event = await addDoorEvent(sql);
    const tickets = await addTickets(sql, event, Math.ceil(wanted * spareRatio));
    const gates = await Promise.all(
      Array.from({ length: 2 * pairs }, (_, number) => openGate(world, sql, event, number)),
    );
    const random = seededRandom(seed);
    const faults: string[] = [];
    const gaps: number[] = [];
    const shown: HeldTicket[] = [];
    const work = async (pair: number): Promise<void> => {
      const two = gates.slice(2 * pair, 2 * pair + 2);
      while (gaps.length < wanted) {
        const ticket = tickets.pop();
        if (ticket === undefined) return;
        shown.push(ticket);
        const [first, second] = random() < 0.5 ? two : two.toReversed();
        if (first === undefined || second === undefined) throw new Error('a pair has two gates');
        const waitMs = variant === 'control' ? 'answer' : Math.floor(random() * apart.wantedMs);
        const gapMs = await showOnce(ticket, [first, second], waitMs, faults);
        if (gapMs === undefined || (waitMs !== 'answer' && gapMs > apart.maxMs)) continue;
        gaps.push(gapMs);
        if (gaps.length % progressEvery === 0) say(`${gaps.length} of ${wanted} tickets, ${faults.length} faults`);
      }
    };
    const started = performance.now();
    await Promise.all(Array.from({ length: pairs }, (_, pair) => work(pair)));
    const seconds = (performance.now() - started) / 1000;
    for (const gate of gates) gate.close();
    if (gaps.length < wanted) faults.push(`only ${gaps.length} of ${wanted} rounds counted`);
    for (const invariant of checkInInvariants) faults.push(...(await invariant.find(world.owner.db)));
    const row = await admissionsOf(sql, event, shown.length);
    gaps.sort((one, other) => one - other);
    return {
      proofs: variant === 'control' ? [] : [{ what: `scans within ${apart.maxMs} ms`, times: gaps.length }],
      rows: [row],
      faults: [
        ...faults.slice(0, faultsShownMax),
        ...(row.missing + row.twice > 0
          ? [`${row.missing} tickets were not admitted, ${row.twice} more than once`]
          : []),
      ],
      facts: {
        'tickets shown': shown.length,
        'milliseconds between two scans, median': round(gaps[Math.floor(gaps.length / 2)] ?? 0),
        'at most': round(gaps.at(-1) ?? 0),
        'tickets a second': Math.round(shown.length / seconds),
      },
    };
  } finally {
    await sql.end({ timeout: 5 });
    await world.close();
  }
}

const round = (milliseconds: number) => Math.round(milliseconds * 100) / 100;

/**
 * Shows a ticket at two gates.
 * @param waitMs before the second scan is sent; `answer`: until the first one is answered
 * @param faults is added to
 * @returns milliseconds between the scans; undefined if one had to be sent again
 */
async function showOnce(
  { code }: HeldTicket,
  [first, second]: readonly [Gate, Gate],
  waitMs: number | 'answer',
  faults: string[],
): Promise<number | undefined> {
  const started = performance.now();
  const one = first.scan(code);
  if (waitMs === 'answer') await one;
  else if (waitMs > 0) await pause(waitMs);
  const gapMs = performance.now() - started;
  const other = second.scan(code);
  const answers = [
    { gate: first, ...(await one) },
    { gate: second, ...(await other) },
  ];
  const admitted = answers.filter(({ answer }) => answer.result === 'admitted');
  const refused = answers.filter(({ answer }) => answer.result === 'already_used');
  const winner = admitted[0]?.gate.name;
  if (admitted.length !== 1 || refused.length !== 1)
    faults.push(`two gates answered ${answers.map(({ answer }) => answer.result).join(' and ')}`);
  else if (refused[0]?.answer.firstAdmission?.gate !== winner)
    faults.push(`the second gate was told ${refused[0]?.answer.firstAdmission?.gate} instead of ${winner}`);
  return answers.every(({ isFirstTry }) => isFirstTry) ? gapMs : undefined;
}

/** A device with a connection of its own, in a network of its own. */
async function openGate(world: DrillWorld, sql: postgres.Sql, event: DoorEvent, number: number): Promise<Gate> {
  const { text, hash } = newCredential('device', { ENCRYPTION_KEY: benchEncryptionKey });
  await sql`insert into devices (id, organizer_id, event_id, name, token_hash, created_by, responsible_id)
    values (${newId('dev')}, ${event.organizerId}, ${event.eventId}, ${`Device ${number}`}, ${hash}, 'drill', 'drill')`;
  const connection = await openConnection(Number(new URL(world.url).port));
  const name = `Gate ${number}`;
  const headers = { authorization: `Bearer ${text}`, 'x-forwarded-for': networkAddress(number) };
  return {
    name,
    scan: async (code) => {
      const body = JSON.stringify({ eventId: event.eventId, code, scanId: randomUUID(), gate: name });
      for (let tries = 1; tries <= triesMax; tries += 1) {
        const { status, body: said } = await connection.send(requestBytes('POST', '/v1/check-ins', headers, body));
        if (status === 200) return { answer: JSON.parse(said.toString()) as ScanAnswer, isFirstTry: tries === 1 };
        if (status !== 429 && status !== 503) throw new Error(`a scan was answered ${status}: ${said.toString()}`);
        await pause(againMs);
      }
      throw new Error('a scan was refused for overload again and again');
    },
    close: () => connection.close(),
  };
}

/** The rows of the tickets that were shown. */
async function admissionsOf(sql: postgres.Sql, event: DoorEvent, expected: number) {
  const [row] = await sql<{ found: number; twice: number }[]>`
    select count(*) filter (where entries >= 1)::int as found, count(*) filter (where entries <> 1 or passages <> 1)::int as twice
    from admissions a cross join lateral (
      select count(*) as passages from scans s where s.event_id = a.event_id and s.ticket_id = a.ticket_id and s.passed) p
    where a.event_id = ${event.eventId}`;
  const { found = 0, twice = 0 } = row ?? {};
  return { what: 'tickets admitted', expected, found, missing: expected - found, twice, allowed: 0 };
}
