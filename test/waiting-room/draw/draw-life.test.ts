import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { transaction } from '../../../src/platform/database/db.ts';
import {
  commitDraw,
  freezePlaces,
  leafOf,
  placeSalt,
  positionOf,
  rootOf,
  seedHashOf,
} from '../../../src/waiting-room/draw/index.ts';
import { drawKeyOf } from '../../../src/waiting-room/draw/order/draw-key.ts';
import { type DrawWorld, drawsOf, hour, leadSeconds, openDrawWorld, queueTokenSecret } from './support/draw-world.ts';

/** Guards promise 9: a draw is committed before anybody can know it, is completed by itself, and is void otherwise. */

let world: DrawWorld;
let pathOf: ReturnType<typeof drawsOf>['pathOf'];
let faults: ReturnType<typeof drawsOf>['faults'];
let frozenRoom: ReturnType<typeof drawsOf>['frozenRoom'];
beforeAll(async () => {
  world = await openDrawWorld();
  ({ pathOf, faults, frozenRoom } = drawsOf(world));
});
afterAll(() => world.close());
beforeEach(() => world.behave());

describe('a draw that goes well', () => {
  test('is committed, frozen, rooted, revealed and drawn', async () => {
    const event = await world.room(3000);
    await world.owner`update places set voided_at = now() where event_id = ${event.id} and place_index in (7, 2999)`;
    const [committed] = await world.draws(event.id);
    expect(committed).toMatchObject({ number: 1, state: 'committed', seed: null, places: null });
    expect(committed?.seedSealed).toMatch(/^v1\./);
    expect(await freezePlaces(world.deps(), event.id)).toBe('early');
    expect(await world.complete(event.id)).toBe('waiting');

    await world.pass(hour + 1);
    expect(await freezePlaces(world.deps(), event.id)).toBe('frozen');
    expect(await freezePlaces(world.deps(), event.id)).toBe('frozen');
    const [frozen] = await world.draws(event.id);
    expect(frozen).toMatchObject({ state: 'frozen', places: 3000, voidedPlaces: [7, 2999], merkleRoot: null });
    await world.addPlaces(event.id, 3000, 3010);

    expect(await world.complete(event.id)).toBe('waiting');
    const [rooted] = await world.draws(event.id);
    expect(rooted?.merkleRoot).toHaveLength(32);
    expect(rooted?.seed).toBeNull();
    expect(await world.complete(event.id)).toBe('waiting');

    await world.pass(leadSeconds + 1);
    expect(await world.complete(event.id)).toBe('drawn');
    expect(await world.complete(event.id)).toBe('drawn');
    const [drawn] = await world.draws(event.id);
    if (!drawn?.seed || !drawn.merkleRoot || !drawn.beaconRandomness || !drawn.drawKey) throw new Error('not drawn');
    expect(seedHashOf(drawn.seed)).toEqual(drawn.seedHash);
    const { seed, merkleRoot, beaconRandomness } = drawn;
    const facts = { eventId: event.id, number: 1, seed, merkleRoot, beaconRandomness, places: 3000 };
    expect(drawKeyOf({ ...facts, voidedPlaces: [7, 2999] })).toEqual(drawn.drawKey);
    expect(positionOf({ frozenPlaces: 3000, drawKey: drawn.drawKey }, 3005)).toBe(3005);
    expect(await faults()).toEqual([]);
  });

  test('has the Merkle root of the frozen accounts, each with its own salt', async () => {
    const event = await frozenRoom(1030);
    await world.complete(event.id);
    const accounts = await world.owner<{ account_key: string }[]>`
      select account_key from places where event_id = ${event.id} order by place_index`;
    const leaves = accounts.map(({ account_key: key }, index) =>
      leafOf(event.id, index, placeSalt(queueTokenSecret, event.id, index), key),
    );
    const [draw] = await world.draws(event.id);
    expect(draw?.merkleRoot).toEqual(rootOf(leaves));
  });

  test('with an empty list is drawn too', async () => {
    const event = await frozenRoom(0);
    await world.complete(event.id);
    await world.pass(leadSeconds + 1);
    expect(await world.complete(event.id)).toBe('drawn');
    expect(await faults()).toEqual([]);
  });

  test('is written in steps when time is short, and continues where it has stopped', async () => {
    const event = await frozenRoom(12_000);
    const stingy = { drawRules: { leadSeconds, workMs: 0 } };
    let calls = 0;
    for (let root: Buffer | null = null; root === null && calls < 50; calls += 1) {
      await world.complete(event.id, calls % 2 === 0 ? stingy : {});
      root = (await world.draws(event.id))[0]?.merkleRoot ?? null;
    }
    expect(calls).toBeLessThan(50);
    await world.pass(leadSeconds + 1);
    expect(await world.complete(event.id)).toBe('drawn');
    expect(await faults()).toEqual([]);
  });

  test('of 100,000 places is fixed at once and written afterwards', async () => {
    const event = await frozenRoom(100_000);
    const chunks = () => world.owner`select count(*)::integer as n from draw_leaves where event_id = ${event.id}`;
    expect(await chunks()).toMatchObject([{ n: 0 }]);
    for (let calls = 0; calls < 20; calls += 1) await world.complete(event.id);
    expect(await chunks()).toMatchObject([{ n: 98 }]);
    await world.pass(leadSeconds + 1);
    expect(await world.complete(event.id)).toBe('drawn');
    expect(await faults()).toEqual([]);
  });
});

describe('a frozen list', () => {
  test('keeps its places unchanged', async () => {
    const event = await frozenRoom(10);
    await world.addPlaces(event.id, 10, 12);
    const change = (index: number) =>
      world.owner`update places set voided_at = now() where event_id = ${event.id} and place_index = ${index}`;
    await expect(change(3)).rejects.toThrow('is in a frozen list');
    await change(11);
  });
});

describe('a commitment', () => {
  test('keeps the list open as long as the organizer set, and no shorter than the rules allow', async () => {
    const event = await world.room(5);
    const freezesAt = new Date(Date.now() + hour * 1000);
    for (const [asked, given] of [
      [600, 600],
      [1, leadSeconds],
    ] as const) {
      await transaction(world.open.db, (tx) =>
        commitDraw(world.deps(), tx, { eventId: event.id, freezesAt, leadSeconds: asked }),
      );
      const draw = (await world.draws(event.id)).at(-1);
      expect(draw?.leadSeconds).toBe(given);
      const ahead = ((draw?.beaconRoundAt.getTime() ?? 0) - freezesAt.getTime()) / 1000;
      expect(ahead).toBeGreaterThanOrEqual(given);
      expect(ahead).toBeLessThan(given + 3);
    }
  });

  test('stays when nothing changed, and is publicly void when the freeze moves', async () => {
    const event = await world.room(5);
    await world.recommit(event.id);
    expect(await pathOf(event.id)).toEqual(['1 committed']);
    await world.owner`update waiting_rooms set freezes_at = freezes_at + interval '10 minutes' where event_id = ${event.id}`;
    await world.recommit(event.id);
    expect(await pathOf(event.id)).toEqual(['1 rescheduled', '2 committed']);
    const [first, second] = await world.draws(event.id);
    expect(seedHashOf(first?.seed ?? Buffer.alloc(0))).toEqual(first?.seedHash);
    expect(second?.seed).toBeNull();
    expect(second?.seedHash).not.toEqual(first?.seedHash);
    await world.pass(hour + 601);
    await freezePlaces(world.deps(), event.id);
    await world.recommit(event.id);
    expect(await pathOf(event.id)).toEqual(['1 rescheduled', '2 frozen']);
  });
});

describe('a beacon', () => {
  test.each([
    [{ forge: 'bad_signature' }],
    [{ forge: 'other_key' }],
    [{ forge: 'other_round' }],
    [{ forge: 'outside_subgroup' }],
    [{ stale: true }],
    [{ lateSeconds: 120 }],
    [{ answer: 'hang' }],
    [{ answer: 'reset' }],
  ])('that misbehaves (%o) draws nothing, and the true round draws afterwards', async (rule) => {
    const event = await frozenRoom(20);
    await world.complete(event.id);
    await world.pass(leadSeconds + 1);
    await world.script(rule);
    expect(await world.complete(event.id)).toBe('waiting');
    const [waiting] = await world.draws(event.id);
    expect(waiting).toMatchObject({ state: 'frozen', beaconRandomness: null, drawKey: null });
    // Nothing can be chosen any more, so the seed is public while the beacon's round is awaited.
    expect(waiting?.seed).toHaveLength(32);
    await world.behave();
    expect(await world.complete(event.id)).toBe('drawn');
    expect(await faults()).toEqual([]);
  });

  test('of another chain than the committed one draws nothing', async () => {
    const event = await frozenRoom(20);
    await world.complete(event.id);
    await world.pass(leadSeconds + 1);
    const chain = { ...world.deps().beaconChain, hash: 'ab'.repeat(32) };
    expect(await world.complete(event.id, { beaconChain: chain })).toBe('waiting');
    expect(await world.complete(event.id)).toBe('drawn');
  });
});
