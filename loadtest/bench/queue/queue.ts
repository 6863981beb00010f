import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { createLog } from '../../../src/platform/log.ts';
import { openCacheRedis } from '../../../src/platform/redis.ts';
import { indexAt } from '../../../src/waiting-room/draw/index.ts';
import { auditDraw } from '../../audit-draw/audit-draw.ts';
import { saveChart } from '../../chart/save-chart.ts';
import { closedLoop } from '../../generator/closed-loop.ts';
import { startSandbox } from '../../../sandbox/start-sandbox.ts';
import { auditFaults } from '../harness/audit.ts';
import { measure, watched } from '../harness/measure.ts';
import { type BenchOptions, warmupSeconds } from '../harness/options.ts';
import type { Attacks } from './attacks.ts';
import { type Crowd, exchangeRequest } from './crowd.ts';
import { apiAnewAt, crowdSeconds, meetTheCrowd, redisAwayAt, workerAwayAt } from './failures.ts';
import { askedWhile, askedWhileIdle } from './polls.ts';
import { type QueueRoom, beaconEnvironment, openQueueRoom, sandboxChain, startScheduler } from './room.ts';
import { type BenchReport, type Measurement, measurementOf } from '../harness/report.ts';
import { type BenchApi, type BenchStack, partsOf, startBenchStack } from '../harness/stack.ts';

const places = 1_000_000;
const rateMax = 500;
const bar = { passesPerSecondMin: 5000, rateWithin: 0.02 };

/** The second of the crowd's time from which the rate is as set. */
const steadyFrom = 20;

/** A million places: joined, drawn, and called at a set rate during failures, while others try to get in by other ways. */
export async function benchQueue(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('queue', options);
  const sandbox = await startSandbox();
  const chain = sandboxChain(sandbox.url);
  const redis = openCacheRedis(
    stack.services.addresses.redisCacheUrl,
    createLog({ level: 'silent', process: 'bench' }),
  );
  const scheduler = () => startScheduler(stack, chain, redis);
  const startApi = () => stack.startApi({ environment: beaconEnvironment(chain) });
  const state = { api: await startApi() };
  try {
    const opened = await openQueueRoom(stack, { places, rateMax, chain, scheduler });
    const { room } = opened;
    const world = { rateMax, stack, room, state, startApi, scheduler, running: opened.scheduler };
    const { crowd, attacks, lost } = await meetTheCrowd(world);
    const idle = await askedWhileIdle(stack, options.seconds);
    const polls = await poll(stack, state.api, room, options);
    const faults: string[] = [];
    const passes = await exchangeAtFullSpeed(stack, state.api, room, options, faults);
    await world.running.close();
    const audit = await auditDraw(
      { url: `http://127.0.0.1:${state.api.port}`, slug: room.event.slug, place: undefined, notesFile: undefined },
      () => {},
    );
    const rate = admissionRate(crowd);
    return {
      measurements: [passes, polls.measurement],
      faults: [
        ...faults,
        ...judged({ crowd, attacks, lost, rate }),
        ...audit.verdicts.filter(({ is }) => is === 'WRONG').map(({ what, detail }) => `${what}: ${detail}`),
        ...(await auditFaults(stack)),
      ],
      facts: {
        pinned: stack.pinned,
        places,
        'joined by the product’s call': `${Math.round(opened.joinedPerSecond)}/s`,
        'from the last join to the opening': `${opened.drawnSeconds.toFixed(1)} s, draw ${room.drawNumber}`,
        'the draw, done again from what is published': audit.verdicts.map(({ what, is }) => `${is} ${what}`),
        'tenths by joining and by draw': `\n${audit.distribution ?? ''}`,
        'admission rate, set and measured': {
          set: rateMax,
          'undisturbed /s': rate.undisturbed.toFixed(1),
          'over all failures /s': rate.whole.toFixed(1),
        },
        'called and refused': crowd.refused,
        'attempts to come in by other ways': attacks,
        'places lost through Redis, worker and API being killed': lost,
        'asked of the servers': {
          'per second, nobody polling': perSecond(idle),
          'per second, while polled': perSecond(polls.asked),
          polls: polls.measurement.perSecond * polls.asked.seconds,
          'Redis commands per poll': extra(polls, idle, 'redisCommands'),
          'Postgres statements per poll': extra(polls, idle, 'postgresStatements'),
        },
        chart: chartOf(crowd),
      },
    };
  } finally {
    redis.disconnect();
    await sandbox.close();
    await stack.close();
  }
}

async function poll(stack: BenchStack, api: BenchApi, room: QueueRoom, options: BenchOptions) {
  const asked = await askedWhile(stack, () =>
    watched(partsOf(stack, api), () =>
      closedLoop({
        to: api.port,
        connections: 64,
        warmupSeconds,
        seconds: options.seconds,
        next: () => `GET /v1/events/${room.event.slug}/queue HTTP/1.1\r\nhost: localhost\r\n\r\n`,
        counts: ({ status }) => status === 200,
      }),
    ),
  );
  return { asked, measurement: measurementOf('polls of the queue document', [asked.result]) };
}

/** As many passes as the API can issue, to called places, repeatedly. */
async function exchangeAtFullSpeed(
  stack: BenchStack,
  api: BenchApi,
  room: QueueRoom,
  options: BenchOptions,
  faults: string[],
): Promise<Measurement> {
  await stack.owner.db.execute(sql`update waiting_rooms set turn_seconds = 3600 where event_id = ${room.event.id}`);
  const rows: unknown = await stack.owner.db.execute(
    sql`select serving, lapsed_below from waiting_rooms where event_id = ${room.event.id}`,
  );
  const [{ serving, lapsed_below: from }] = rows as [{ serving: number; lapsed_below: string }];
  const first = Number(from) + rateMax;
  const requests = Array.from({ length: Math.floor(serving) - first }, (_, at) => {
    const index = indexAt(room.draw, first + at);
    return exchangeRequest(room.event.slug, room.placeTokenOf(index), index);
  });
  await pause(2000);
  let sent = 0;
  const measured = await measure({
    name: 'passes for called places',
    port: api.port,
    connections: 256,
    options,
    faults,
    parts: partsOf(stack, api),
    prepare: async () => ({
      next: () => {
        sent += 1;
        return requests[sent % requests.length] ?? '';
      },
      counts: ({ status }) => status === 201,
    }),
  });
  return { ...measured, bar: { perSecondMin: bar.passesPerSecondMin } };
}

function admissionRate(crowd: Crowd): { undisturbed: number; whole: number } {
  const mean = (from: number, to: number) =>
    crowd.passesBySecond.slice(from, to).reduce((sum, passes) => sum + passes, 0) / (to - from);
  return { undisturbed: mean(steadyFrom, redisAwayAt.from), whole: mean(steadyFrom, crowdSeconds - 1) };
}

function judged(seen: {
  crowd: Crowd;
  attacks: Attacks;
  lost: number;
  rate: { undisturbed: number; whole: number };
}): string[] {
  const faults: string[] = [];
  for (const [kind, { attempts, accepted }] of Object.entries(seen.attacks)) {
    if (attempts === 0) faults.push(`nobody tried: ${kind}`);
    if (accepted > 0) faults.push(`${accepted} of ${attempts} came in: ${kind}`);
  }
  for (const [name, rate] of Object.entries(seen.rate)) {
    if (Math.abs(rate / rateMax - 1) > bar.rateWithin)
      faults.push(`MISSED: ${name}: ${rate.toFixed(1)}/s let in, ${rateMax}/s set`);
  }
  if (seen.lost > 0) faults.push(`${seen.lost} places were lost or went to somebody else`);
  const refused = Object.entries(seen.crowd.refused);
  faults.push(...refused.map(([code, count]) => `${count} who were called were refused: ${code}`));
  return faults;
}

type Counted = Awaited<ReturnType<typeof askedWhileIdle>>;

function perSecond({ asked, seconds }: Pick<Counted, 'asked' | 'seconds'>): Record<string, number> {
  return {
    'Redis commands': Math.round(asked.redisCommands / seconds),
    'Postgres statements': Math.round(asked.postgresStatements / seconds),
  };
}

function extra(polls: Awaited<ReturnType<typeof poll>>, idle: Counted, what: keyof Counted['asked']): string {
  const more = polls.asked.asked[what] - (idle.asked[what] / idle.seconds) * polls.asked.seconds;
  const counted = polls.measurement.perSecond * polls.asked.seconds;
  return (Math.max(0, more) / counted).toFixed(5);
}

function chartOf(crowd: Crowd): string {
  return saveChart('queue-admissions', {
    title: `Buyers let in per second, of a million who wait; ${rateMax}/s set`,
    xLabel: 'seconds since the room opened',
    yLabel: 'passes per second',
    series: [
      { name: 'let in', points: crowd.passesBySecond.slice(0, crowdSeconds).map((passes, second) => [second, passes]) },
      {
        name: 'set',
        points: [
          [0, rateMax],
          [crowdSeconds, rateMax],
        ],
      },
    ],
    marks: [
      { x: redisAwayAt.from, label: 'Redis killed' },
      { x: redisAwayAt.to, label: 'and back' },
      { x: workerAwayAt.from, label: 'worker gone' },
      { x: apiAnewAt, label: 'API anew' },
    ],
  });
}
