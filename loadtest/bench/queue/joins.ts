import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { signBuyerToken } from '../../../src/access/buyers/buyer-token.ts';
import { keyedHash } from '../../../src/access/buyers/buyer-key.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { createRoom } from '../../../testkit/waiting-room/places.ts';
import { type AnswerCount, countAnswers } from '../harness/count-answers.ts';
import { benchQueueTokenSecret } from '../harness/api-environment.ts';
import { auditFaults } from '../harness/audit.ts';
import { type Load, against } from '../harness/measure.ts';
import { type BenchOptions, warmupSeconds } from '../harness/options.ts';
import { fixedControl, measureOn } from '../load/order-load.ts';
import { networkAddress } from '../load/order-requests.ts';
import type { BenchReport, Measurement } from '../harness/report.ts';
import { stackFacts } from '../harness/server-figures.ts';
import { solveFor } from './solved-joins.ts';
import { type BenchStack, say, startBenchStack } from '../harness/stack.ts';

const connectionCounts = [256, 512, 1024];
/** Buyers made per second of a run: more than any run has used. */
const buyersPerSecond = 40_000;
const networks = 20_000;
const bar = { perSecondMin: 20_000, p99MsBelow: 250 };
/** Processes read the rooms once a second. */
const knownAfterMs = 2500;

/** Joins to one event's waiting room, each by another confirmed buyer. */
export async function benchJoins(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('joins', options);
  const faults: string[] = [];
  const shared = { options, faults, prepare: () => joinLoad(stack, options) };
  try {
    const control = await measureOn(stack, {
      ...shared,
      name: '  control: one transaction per join',
      api: fixedControl.api,
      connections: fixedControl.connections,
    });
    const ours: Measurement[] = [];
    for (const processes of [1, 2]) {
      for (const connections of connectionCounts) {
        const name = `joins, ${processes} API process${processes > 1 ? 'es' : ''}, ${connections} connections`;
        const measured = await measureOn(stack, { ...shared, name, api: { processes }, connections });
        ours.push(against(control, measured));
      }
    }
    const worked = await measureOn(stack, {
      ...shared,
      name: 'joins with a solved challenge each',
      api: {},
      connections: connectionCounts[0] ?? 0,
      prepare: () => joinLoad(stack, options, { difficulty, buyers: solvedMax }),
    });
    const again = await measureOn(stack, {
      ...shared,
      name: 'the same buyers joining again and again',
      api: {},
      connections: connectionCounts[0] ?? 0,
      prepare: () => joinLoad(stack, options, { buyers: knownBuyers }),
    });
    return {
      // The machine has two cores for any number of processes, so the bar applies to the best number.
      measurements: [...withBar(ours), control, against(control, worked), against(control, again)],
      faults: [...faults, ...(await auditFaults(stack))],
      facts: {
        ...(await stackFacts(stack)),
        control: fixedControl.said,
        'joins with a challenge':
          `difficulty ${difficulty}, solved before the run; what it costs to check one does not depend on the difficulty. ` +
          `Beside it: joins, 1 API process, ${connectionCounts[0]} connections`,
      },
    };
  } finally {
    await stack.close();
  }
}

function withBar(ours: readonly Measurement[]): Measurement[] {
  const best = Math.max(...ours.map(({ perSecond }) => perSecond));
  return ours.map((one) => (one.perSecond === best ? { ...one, bar } : one));
}

const knownBuyers = 10_000;
/** After a run's end, so that the last buyer is as confirmed as the first. */
const confirmedForMs = 3_600_000;
/** The smallest challenge: solving it is the load's own time, before the run. */
const difficulty = 8;
/** Challenges made and solved before a run, about ten seconds of work. Buyers who joined with one then join again. */
const solvedMax = 100_000;

type Joining = {
  /** Number of different buyers. After the last one, the first joins again. */
  readonly buyers?: number;
  readonly difficulty?: number;
};

/** An event whose waiting room takes joins until a draw tomorrow. */
export async function roomBeforeItsDraw(stack: BenchStack, difficultyOfJoins = 0): Promise<TestEvent> {
  const event = await createRoom(stack.open.db, {
    event: await createEvent(stack.open.db),
    difficulty: difficultyOfJoins,
  });
  await stack.open.db.execute(sql`
    insert into draws (event_id, number, state, seed_hash, seed_sealed, beacon_chain, beacon_round, beacon_round_at, committed_at)
    values (${event.id}, 1, 'committed', sha256('bench'), 'sealed', 'bench', 1, now() + interval '1 day', now())`);
  return event;
}

/** Joins to a new room, each by the next confirmed buyer. */
export async function joinLoad(
  stack: BenchStack,
  options: BenchOptions,
  { buyers = (options.seconds + warmupSeconds) * buyersPerSecond, difficulty: work = 0 }: Joining = {},
): Promise<Load> {
  const event = await roomBeforeItsDraw(stack, work);
  say(`confirming ${buyers} buyers`);
  const secret = `bench ${Math.random()}`;
  const until = new Date(Date.now() + confirmedForMs + options.seconds * 1000);
  const keys = Array.from({ length: buyers }, (_, number) => keyedHash(secret, String(number)));
  const tokens = keys.map((accountKey) => signBuyerToken(benchQueueTokenSecret, { accountKey, until }));
  if (work > 0) say(`solving ${buyers} challenges`);
  const bodies = work === 0 ? undefined : await solveFor(event.id, keys, work);
  await pause(knownAfterMs);
  let sent = 0;
  const joined = countAnswers(({ status }) => status === 201);
  let known = 0;
  return {
    next: () => {
      const number = sent % buyers;
      sent += 1;
      return `POST /v1/events/${event.slug}/queue/places HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${tokens[number] ?? ''}\r\nx-forwarded-for: ${networkAddress(number % networks)}\r\n${bodies?.[number] ?? 'content-length: 0\r\n\r\n'}`;
    },
    counts: ({ status }) => status === 201 || status === 200,
    onAnswer: (answer) => {
      joined.onAnswer(answer);
      if (answer.status === 200) known += 1;
    },
    check: async () => compareWithRows(stack, event, { joined, known, sent, buyers }),
  };
}

/** Checks that every 201 has one place, that the places have no gaps, and that a repeated join says so. */
async function compareWithRows(
  stack: BenchStack,
  event: TestEvent,
  run: { joined: AnswerCount; known: number; sent: number; buyers: number },
): Promise<string[]> {
  const [row] = await rowsOf<{ counted: number; places: number; accounts: number; last: number | null }>(
    stack.owner.db,
    sql`select (select places from waiting_rooms where event_id = ${event.id}) as counted, count(*)::int as places,
               count(distinct account_key)::int as accounts, max(place_index) as last
        from places where event_id = ${event.id}`,
  );
  const ofJoins = row === undefined ? [undefined] : [row.counted, row.places, row.accounts, (row.last ?? -1) + 1];
  const faults = run.joined.explains(ofJoins) ? [] : [`${run.joined.said('201')}, but rows ${JSON.stringify(row)}`];
  if (run.known > 0 && run.sent <= run.buyers) faults.push(`${run.known} buyers were told that they had joined before`);
  return faults;
}
