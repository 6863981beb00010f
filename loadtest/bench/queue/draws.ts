import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { startSandbox } from '../../../sandbox/start-sandbox.ts';
import { auditDraw } from '../../audit-draw/audit-draw.ts';
import { createLatencies } from '../../generator/latencies.ts';
import { timedResult } from '../../generator/tally.ts';
import { transaction } from '../../../src/platform/database/db.ts';
import { createLog } from '../../../src/platform/log.ts';
import { serve } from '../../../src/http/server/serve.ts';
import { createRouter } from '../../../src/http/contract/router.ts';
import { createCachedReads } from '../../../src/http/public-cache/cached-reads.ts';
import { openCacheRedis } from '../../../src/platform/redis.ts';
import { createBeacon } from '../../../src/waiting-room/draw/beacon/beacon.ts';
import {
  type DrawDeps,
  commitDraw,
  completeDraw,
  freezePlaces,
  positionOf,
} from '../../../src/waiting-room/draw/index.ts';
import { findCurrentDraw } from '../../../src/waiting-room/draw/queries.ts';
import type { DrawRow } from '../../../src/waiting-room/tables.ts';
import { drawRoutes } from '../../../src/waiting-room/draw/routes.ts';
import { createJoinLane } from '../../../src/waiting-room/places/join-lane.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { auditFaults } from '../harness/audit.ts';
import { watched } from '../harness/measure.ts';
import type { BenchOptions } from '../harness/options.ts';
import { type BenchReport, type Measurement, measurementOf } from '../harness/report.ts';
import { type BenchStack, partsOf, say, startBenchStack } from '../harness/stack.ts';
import { sandboxChain } from './room.ts';

const places = 1_000_000;
const joinEveryMs = 20;
const schedulerMs = 1000;
const queueTokenSecret = 'bench-only-queue-token-secret-0123456789';

/** A million places: frozen, hashed, drawn in time by production's rules, and verified from published data. */
export async function benchDraws(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('draws', options);
  const sandbox = await startSandbox();
  try {
    const deps = drawDeps(stack, sandbox.url);
    const event = await createEvent(stack.open.db);
    const filling = await timed(() => fillRoom(stack, deps, event));
    await pause(2500);
    const joins = joinMeanwhile(stack, event.id);
    const freeze = await timed(() => freezePlaces(deps, event.id));
    const drawing = await drawByScheduler(deps, event.id);
    const joined = await joins.end();
    const { draw } = drawing;
    const order = await measureOrder(stack, draw);
    const audit = await timed(() => auditPublished(stack, deps, event));
    return {
      measurements: [joined, order],
      faults: [
        ...(draw.number === 1 ? [] : [`draw ${draw.number} counts: an earlier one became void`]),
        ...audit.result.verdicts.filter(({ is }) => is === 'WRONG').map(({ what, detail }) => `${what}: ${detail}`),
        ...(await auditFaults(stack)),
      ],
      facts: {
        pinned: stack.pinned,
        places,
        'places filled in': `${(filling.ms / 1000).toFixed(1)} s`,
        'the freeze, under the lock of the room': `${freeze.ms.toFixed(1)} ms`,
        'leaves and root': `${drawing.rootSeconds.toFixed(1)} s after the freeze, ${drawing.workSeconds.toFixed(1)} s of them at work`,
        'memory above the start while hashing': `${drawing.memoryMiB.toFixed(0)} MiB`,
        'drawn after its beacon round': `${drawing.drawnSeconds.toFixed(1)} s`,
        'audited from published data': `${(audit.ms / 1000).toFixed(1)} s`,
        verdicts: audit.result.verdicts.map(({ what, is, detail }) => `${is} ${what}: ${detail}`),
        'tenths by joining and by draw': `\n${audit.result.distribution ?? ''}`,
      },
    };
  } finally {
    await sandbox.close();
    await stack.close();
  }
}

function drawDeps(stack: BenchStack, sandboxUrl: string): DrawDeps {
  const beaconChain = sandboxChain(sandboxUrl);
  return {
    db: stack.open.db,
    beaconChain,
    beacon: createBeacon(beaconChain),
    encryptionKey: 'ab'.repeat(32),
    queueTokenSecret,
    log: createLog({ level: 'silent', process: 'bench' }),
  };
}

/** A room with a million places. Its pre-queue opens in a second and freezes in two. */
async function fillRoom(stack: BenchStack, deps: DrawDeps, event: TestEvent): Promise<void> {
  const owner = stack.owner.db;
  say(`giving out ${places} places`);
  await owner.execute(sql`
    insert into places (event_id, place_index, account_key, joined_at)
    select ${event.id}, n, substr(translate(encode(sha256(n::text::bytea), 'base64'), '+/=', '-_'), 1, 22), now()
    from generate_series(0, ${places}::integer - 1) as n`);
  await owner.execute(sql`vacuum analyze places`);
  const at = (seconds: number) => sql`now() + make_interval(secs => ${seconds})`;
  await owner.execute(sql`
    insert into waiting_rooms (event_id, organizer_id, phase, places, pre_queue_opens_at, freezes_at, opens_at,
      challenge_difficulty, rate_max, turn_seconds, pass_seconds)
    values (${event.id}, ${event.organizer.id}, 'closed', ${places}, ${at(1)}, ${at(2)}, ${at(120)}, 0, 100, 300, 600)`);
  const freezesAt = new Date(Date.now() + 2000);
  await transaction(deps.db, (tx) => commitDraw(deps, tx, { eventId: event.id, freezesAt }));
  await owner.execute(sql`update waiting_rooms set phase = 'pre_queue' where event_id = ${event.id}`);
}

/** One join every 20 ms until stopped. */
function joinMeanwhile(stack: BenchStack, eventId: string) {
  const lane = createJoinLane({ db: stack.open.db, flushesMax: 1 });
  const latencies = createLatencies();
  const state = { isOver: false };
  const began = performance.now();
  const run = watched(
    partsOf(stack),
    async () => {
      while (!state.isOver) {
        const started = performance.now();
        await lane.submit(eventId, { accountKey: `late ${latencies.count}` });
        latencies.add(performance.now() - started);
        await pause(joinEveryMs);
      }
      const seconds = (performance.now() - began) / 1000;
      return timedResult(latencies, seconds);
    },
    0,
  );
  return {
    end: async (): Promise<Measurement> => {
      state.isOver = true;
      const name = 'a join, while a million places are frozen and hashed';
      return { ...measurementOf(name, [await run]), bar: { p99MsBelow: 250 }, note: 'one after the other' };
    },
  };
}

/** One call per second, as by the worker's scheduler. */
async function drawByScheduler(deps: DrawDeps, eventId: string) {
  say('writing leaves and root');
  const signal = new AbortController().signal;
  const began = performance.now();
  const memoryBefore = process.memoryUsage().rss;
  const seen = { rootSeconds: 0, workMs: 0, memory: 0 };
  for (;;) {
    const call = await timed(() => completeDraw(deps, eventId, signal));
    const found = await findCurrentDraw(deps.db, eventId);
    if (found === undefined) throw new Error('the draw is gone');
    if (seen.rootSeconds === 0) {
      seen.workMs += call.ms;
      seen.memory = Math.max(seen.memory, process.memoryUsage().rss - memoryBefore);
      if (found.draw.merkleRoot !== null) seen.rootSeconds = (performance.now() - began) / 1000;
    }
    if (call.result === 'drawn')
      return {
        draw: found.draw,
        rootSeconds: seen.rootSeconds,
        workSeconds: seen.workMs / 1000,
        memoryMiB: seen.memory / 2 ** 20,
        drawnSeconds: found.secondsPastRound,
      };
    await pause(Math.max(0, schedulerMs - call.ms));
  }
}

/** The time to compute the position of one place, as each exchange does. */
async function measureOrder(stack: BenchStack, { drawKey, places: frozenPlaces }: DrawRow): Promise<Measurement> {
  if (drawKey === null || frozenPlaces === null) throw new Error('not drawn');
  const positions = 200_000;
  const result = await watched(
    partsOf(stack),
    async () => {
      const latencies = createLatencies();
      const began = performance.now();
      for (let index = 0; index < positions; index += 1) {
        const started = performance.now();
        positionOf({ drawKey, frozenPlaces }, index * 5);
        latencies.add(performance.now() - started);
      }
      const seconds = (performance.now() - began) / 1000;
      return timedResult(latencies, seconds);
    },
    0,
  );
  const microseconds = (1e6 / result.perSecond).toFixed(1);
  return {
    ...measurementOf('the position of a place among a million', [result]),
    bar: { perSecondMin: 1e6 / 15 },
    note: `${microseconds} us each`,
  };
}

/** Over HTTP, by the second implementation. */
async function auditPublished(stack: BenchStack, deps: DrawDeps, event: TestEvent) {
  say('doing the draw again from what is published');
  const redis = openCacheRedis(stack.services.addresses.redisCacheUrl, deps.log);
  const cachedReads = createCachedReads({ redis, log: deps.log });
  const app = createRouter().route('/', drawRoutes({ ...deps, cachedReads }));
  const serving = await serve(app, { host: '127.0.0.1', port: 0, reusePort: false });
  try {
    const url = `http://127.0.0.1:${serving.port}`;
    const place = { index: 123_456, accountKey: undefined, salt: undefined };
    return await auditDraw({ url, slug: event.slug, place, notesFile: undefined }, () => {});
  } finally {
    await serving.close();
    cachedReads.close();
    redis.disconnect();
  }
}

async function timed<Result>(act: () => Promise<Result>): Promise<{ result: Result; ms: number }> {
  const started = performance.now();
  const result = await act();
  return { result, ms: performance.now() - started };
}
