import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { buyerKey } from '../../../src/access/buyers/buyer-key.ts';
import { eventStockOf } from '../../../src/orders/index.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { createLog } from '../../../src/platform/log.ts';
import type { openCacheRedis } from '../../../src/platform/redis.ts';
import { createBeacon } from '../../../src/waiting-room/draw/beacon/beacon.ts';
import { type BeaconChain, type DrawnRoom, commitDraw, findCurrentDraw } from '../../../src/waiting-room/draw/index.ts';
import { type RoomScheduler, createRoomScheduler, createHealthReader } from '../../../src/waiting-room/index.ts';
import { joinPlaces } from '../../../src/waiting-room/places/queries.ts';
import { signPlaceToken } from '../../../src/waiting-room/places/place-token.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { demoChain } from '../../../sandbox/beacon/demo-chain.ts';
import { benchEncryptionKey, benchHashSecret, benchQueueTokenSecret } from '../harness/api-environment.ts';
import { type BenchStack, say } from '../harness/stack.ts';

/** The world of this bench: one event, its line, and the worker's part, which runs in this process. */

const turnSeconds = 60;
const batchPlaces = 10_000;
/**
 * Seconds from the end of joining to the freeze, from there to the beacon's round, and to the opening. A million leaves
 * take seconds on a quiet machine. The lead is what an organizer who expects so many would allow on a busy one.
 */
const freezeSeconds = 3;
const leadSeconds = 60;
const drawSeconds = leadSeconds + 10;
const drawnWithinMs = 300_000;

export type QueueRoom = {
  readonly event: TestEvent;
  readonly places: number;
  readonly draw: DrawnRoom;
  readonly drawNumber: number;
  buyerOf(index: number): { email: string; phone: string };
  accountKeyOf(index: number): string;
  placeTokenOf(index: number): string;
};

export function sandboxChain(sandboxUrl: string): BeaconChain {
  const chain = demoChain();
  return {
    hash: chain.hash,
    publicKey: chain.public_key,
    genesisSeconds: chain.genesis_time,
    periodSeconds: chain.period,
    urls: [`${sandboxUrl}/beacon`],
  };
}

/** The environment that gives the API this beacon. */
export function beaconEnvironment(chain: BeaconChain): Record<string, string> {
  return {
    BEACON_URL: chain.urls.join(','),
    BEACON_CHAIN_HASH: chain.hash,
    BEACON_PUBLIC_KEY: chain.publicKey,
    BEACON_GENESIS: String(chain.genesisSeconds),
    BEACON_PERIOD_SECONDS: String(chain.periodSeconds),
  };
}

/** The worker's part, composed as in the worker. Closing it is the same as killing the worker. */
export function startScheduler(
  stack: BenchStack,
  chain: BeaconChain,
  redis: ReturnType<typeof openCacheRedis>,
): RoomScheduler {
  const log = createLog({ level: 'silent', process: 'bench' });
  return createRoomScheduler({
    db: stack.open.db,
    log,
    beaconChain: chain,
    beacon: createBeacon(chain),
    encryptionKey: benchEncryptionKey,
    queueTokenSecret: benchQueueTokenSecret,
    health: createHealthReader({ redis, log }),
    stockOf: eventStockOf,
    isPaymentBusy: () => false,
    paymentsPerSecond: 100_000,
    changeQueue: async () => {},
  });
}

const emailOf = (index: number) => `queue.${index}@example.test`;
const accountKeyOf = (index: number) => buyerKey(benchHashSecret, 'email', emailOf(index));

/** Joins through the product's own call, then freezes, draws and opens by the scheduler and the rules of production. */
export async function openQueueRoom(
  stack: BenchStack,
  options: { places: number; rateMax: number; chain: BeaconChain; scheduler: () => RoomScheduler },
): Promise<{ room: QueueRoom; scheduler: RoomScheduler; joinedPerSecond: number; drawnSeconds: number }> {
  const { places, rateMax } = options;
  const event = await createEvent(stack.open.db, { categories: [{ capacity: 10_000_000 }] });
  await stack.owner.db.execute(sql`
    insert into waiting_rooms (event_id, organizer_id, phase, pre_queue_opens_at, freezes_at, opens_at,
      challenge_difficulty, rate_max, turn_seconds, pass_seconds)
    values (${event.id}, ${event.organizer.id}, 'pre_queue', now(), now() + interval '1 day', now() + interval '2 days', 0,
      ${rateMax}::float8, ${turnSeconds}, 60)`);
  say(`joining ${places} buyers, ${batchPlaces} at a time`);
  const began = performance.now();
  for (let from = 0; from < places; from += batchPlaces) {
    const wishes = Array.from({ length: Math.min(batchPlaces, places - from) }, (_, at) => ({
      accountKey: accountKeyOf(from + at),
    }));
    await joinPlaces(stack.owner.db, event.id, wishes);
  }
  const joinedPerSecond = (places * 1000) / (performance.now() - began);
  await stack.owner.db.execute(sql`
    update waiting_rooms set pre_queue_opens_at = now() + interval '1 second', freezes_at = now() + make_interval(secs => ${freezeSeconds}),
      opens_at = now() + make_interval(secs => ${freezeSeconds + drawSeconds}), draw_lead_seconds = ${leadSeconds} where event_id = ${event.id}`);
  const freezesAt = new Date(Date.now() + freezeSeconds * 1000);
  const commit = { beaconChain: options.chain, encryptionKey: benchEncryptionKey };
  await transaction(stack.open.db, (tx) => commitDraw(commit, tx, { eventId: event.id, freezesAt, leadSeconds }));
  say(`${Math.round(joinedPerSecond)} places/s; freezing, drawing, opening`);
  const drawing = performance.now();
  const scheduler = options.scheduler();
  await opened(stack, event.id);
  const current = await findCurrentDraw(stack.open.db, event.id);
  if (current?.draw.drawKey === null || current?.draw.drawKey === undefined) throw new Error('the room is not drawn');
  return {
    room: {
      event,
      places,
      draw: { drawKey: current.draw.drawKey, frozenPlaces: places },
      drawNumber: current.draw.number,
      buyerOf: (index) => ({ email: emailOf(index), phone: `+628${String(1e9 + index)}` }),
      accountKeyOf,
      placeTokenOf: (placeIndex) =>
        signPlaceToken(benchQueueTokenSecret, { eventId: event.id, placeIndex, accountKey: accountKeyOf(placeIndex) }),
    },
    scheduler,
    joinedPerSecond,
    drawnSeconds: (performance.now() - drawing) / 1000,
  };
}

async function opened(stack: BenchStack, eventId: string): Promise<void> {
  const giveUpAt = performance.now() + drawnWithinMs;
  for (;;) {
    const [row] = await rowsOf<{ phase: string }>(
      stack.open.db,
      sql`select phase from waiting_rooms where event_id = ${eventId}`,
    );
    if (row?.phase === 'open') return;
    if (performance.now() > giveUpAt) throw new Error(`the room is still ${String(row?.phase)}`);
    await pause(200);
  }
}
