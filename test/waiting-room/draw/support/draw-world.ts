import postgres from 'postgres';
import { expect } from 'vitest';
import { demoChain } from '../../../../sandbox/beacon/demo-chain.ts';
import { startSandbox } from '../../../../sandbox/start-sandbox.ts';
import { transaction } from '../../../../src/platform/database/db.ts';
import { createLog } from '../../../../src/platform/log.ts';
import { createBeacon } from '../../../../src/waiting-room/draw/beacon/beacon.ts';
import { type DrawDeps, commitDraw, completeDraw, freezePlaces } from '../../../../src/waiting-room/draw/index.ts';
import { drawInvariants } from '../../../../src/waiting-room/draw/invariants.ts';
import { listDraws } from '../../../../src/waiting-room/draw/queries.ts';
import type { DrawRow } from '../../../../src/waiting-room/tables.ts';
import { createTestDatabase } from '../../../../testkit/services/database.ts';
import { createEvent } from '../../../../testkit/factories.ts';
import { openTestDb } from '../../../../testkit/orders/placing.ts';

export const leadSeconds = 60;
const chain = demoChain(1);
const signal = new AbortController().signal;
const encryptionKey = 'ab'.repeat(32);
export const queueTokenSecret = 'test-only-queue-token-secret-0123456789';

export type DrawWorld = Awaited<ReturnType<typeof openDrawWorld>>;

/**
 * A database and a beacon whose time a test moves. Stored times move into the past and the beacon's clock moves ahead, so rounds and times
 * still match.
 */
export async function openDrawWorld(lead = leadSeconds, beaconTimeoutMs = 3000) {
  const database = await createTestDatabase();
  const open = openTestDb(database.url, 8);
  const owner = postgres(database.directUrl, { max: 2, onnotice: () => {} });
  let passedSeconds = 0;
  const sandbox = await startSandbox({ beaconPeriodSeconds: 1, now: () => Date.now() + passedSeconds * 1000 });

  const beaconChain = () => ({
    hash: chain.hash,
    publicKey: chain.public_key,
    genesisSeconds: chain.genesis_time - passedSeconds,
    periodSeconds: chain.period,
    urls: [`${sandbox.url}/beacon`],
  });
  const deps = (more: Partial<DrawDeps> = {}): DrawDeps => ({
    db: open.db,
    beaconChain: beaconChain(),
    beacon: createBeacon(beaconChain(), { timeoutMs: beaconTimeoutMs }),
    encryptionKey,
    queueTokenSecret,
    log: createLog({ level: 'silent', process: 'test' }),
    drawRules: { leadSeconds: lead },
    ...more,
  });

  const addPlaces = (eventId: string, from: number, to: number) =>
    owner.begin(async (tx) => {
      await tx`insert into places (event_id, place_index, account_key, joined_at)
        select ${eventId}, n, substr(translate(encode(sha256(n::text::bytea), 'base64'), '+/=', '-_'), 1, 22), now()
        from generate_series(${from}::integer, ${to}::integer - 1) as n`;
      await tx`update waiting_rooms set places = ${to} where event_id = ${eventId}`;
    });

  return {
    open,
    owner,
    sandbox,
    deps,
    addPlaces,
    /** A room in its pre-queue that freezes in an hour, committed to its draw. */
    room: async (places: number, { preQueueIn = '10 minutes', freezeIn = '1 hour' } = {}) => {
      const event = await createEvent(open.db);
      await owner`insert into waiting_rooms (event_id, organizer_id, phase, pre_queue_opens_at, freezes_at, opens_at,
          challenge_difficulty, rate_max, turn_seconds, pass_seconds)
        values (${event.id}, ${event.organizer.id}, 'closed', now() + ${preQueueIn}::interval, now() + ${freezeIn}::interval,
          now() + interval '2 hours', 0, 100, 300, 600)`;
      await recommit(event.id);
      await owner`update waiting_rooms set phase = 'pre_queue' where event_id = ${event.id}`;
      if (places > 0) await addPlaces(event.id, 0, places);
      return event;
    },
    recommit,
    pass: async (seconds: number) => {
      passedSeconds += seconds;
      const by = `${seconds} seconds`;
      await owner.begin(async (tx) => {
        await tx`update draws set committed_at = committed_at - ${by}::interval, frozen_at = frozen_at - ${by}::interval,
          beacon_round_at = beacon_round_at - ${by}::interval, rooted_at = rooted_at - ${by}::interval,
          revealed_at = revealed_at - ${by}::interval, drawn_at = drawn_at - ${by}::interval`;
        await tx`update waiting_rooms set pre_queue_opens_at = pre_queue_opens_at - ${by}::interval,
          freezes_at = freezes_at - ${by}::interval, opens_at = opens_at - ${by}::interval`;
      });
    },
    script: (rule: object) =>
      fetch(`${sandbox.url}/control/beacon/rules`, { method: 'POST', body: JSON.stringify(rule) }),
    behave: () => fetch(`${sandbox.url}/control/beacon/rules`, { method: 'DELETE' }),
    complete: (eventId: string, more?: Partial<DrawDeps>) => completeDraw(deps(more), eventId, signal),
    draws: (eventId: string): Promise<DrawRow[]> => listDraws(open.db, eventId),
    close: async () => {
      await open.close();
      await owner.end();
      await sandbox.close();
      await database.close();
    },
  };

  async function recommit(eventId: string): Promise<void> {
    const [room] = await owner<
      { freezes_at: Date }[]
    >`select freezes_at from waiting_rooms where event_id = ${eventId}`;
    if (room === undefined) throw new Error('no such room');
    await transaction(open.db, (tx) => commitDraw(deps(), tx, { eventId, freezesAt: room.freezes_at }));
  }
}

export const hour = 3600;

/** Reads of a world's draws, and a room whose list is frozen on time. */
export function drawsOf(world: DrawWorld) {
  const pathOf = async (eventId: string) =>
    (await world.draws(eventId)).map(({ number, state, voidReason }) => `${number} ${voidReason ?? state}`);

  const faults = async () => {
    const found = await Promise.all(drawInvariants.map((invariant) => invariant.find(world.open.db)));
    return found.flat();
  };

  /** A room whose list is frozen, on time. */
  async function frozenRoom(places: number) {
    const event = await world.room(places);
    await world.pass(hour + 1);
    expect(await freezePlaces(world.deps(), event.id)).toBe('frozen');
    return event;
  }

  return { pathOf, faults, frozenRoom };
}
