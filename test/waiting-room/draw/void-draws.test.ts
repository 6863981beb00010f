import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encrypt } from '../../../src/platform/crypto.ts';
import { freezePlaces, seedHashOf } from '../../../src/waiting-room/draw/index.ts';
import { type DrawWorld, drawsOf, hour, leadSeconds, openDrawWorld } from './support/draw-world.ts';

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

describe('a draw is void, and the next one is drawn,', () => {
  const finish = async (eventId: string, lead = leadSeconds) => {
    await world.complete(eventId);
    await world.pass(lead + 1);
    expect(await world.complete(eventId)).toBe('drawn');
    expect(await faults()).toEqual([]);
  };

  test('when the list was frozen after its round', async () => {
    const event = await world.room(50);
    await world.pass(hour + leadSeconds + 5);
    expect(await freezePlaces(world.deps(), event.id)).toBe('frozen');
    expect(await pathOf(event.id)).toEqual(['1 freeze_late', '2 frozen']);
    await finish(event.id);
  });

  test('when the root came after its round', async () => {
    const event = await frozenRoom(50);
    await world.pass(leadSeconds + 5);
    expect(await world.complete(event.id)).toBe('void');
    expect(await pathOf(event.id)).toEqual(['1 root_late', '2 frozen']);
    await finish(event.id, 2 * leadSeconds);
    const [, second] = await world.draws(event.id);
    expect(second).toMatchObject({ places: 50, voidedPlaces: [] });
  });

  test('with twice the time for the list after each late one, until it is in time', async () => {
    const event = await frozenRoom(20_000);
    const hurried = { drawRules: { leadSeconds, workMs: 0 } };
    for (const lead of [leadSeconds, 2 * leadSeconds]) {
      // One call writes a part of the leaves, and they stay.
      expect(await world.complete(event.id, hurried)).toBe('waiting');
      await world.pass(lead + 2);
      expect(await world.complete(event.id)).toBe('void');
    }
    expect(await pathOf(event.id)).toEqual(['1 root_late', '2 root_late', '3 frozen']);
    const [, , third] = await world.draws(event.id);
    expect(third?.leadSeconds).toBe(4 * leadSeconds);
    expect(((third?.beaconRoundAt.getTime() ?? 0) - Date.now()) / 1000).toBeGreaterThan(4 * leadSeconds - 5);
    await finish(event.id, 4 * leadSeconds);
  });

  test('when the seed was not revealed in time; the order of the void draw can be computed afterwards', async () => {
    const event = await frozenRoom(50);
    await world.complete(event.id);
    await world.pass(leadSeconds + 301);
    expect(await world.complete(event.id)).toBe('void');
    const [first, second] = await world.draws(event.id);
    expect(first).toMatchObject({ state: 'void', voidReason: 'seed_late', drawKey: null });
    expect(seedHashOf(first?.seed ?? Buffer.alloc(0))).toEqual(first?.seedHash);
    expect(second?.merkleRoot).toEqual(first?.merkleRoot);
    await finish(event.id);
  });

  test('when the seed can no longer be read', async () => {
    const event = await frozenRoom(50);
    await world.complete(event.id);
    await world.owner`update draws set seed_sealed = ${encrypt('cd'.repeat(32), 'ab'.repeat(32), 'elsewhere')}
      where event_id = ${event.id}`;
    await world.pass(leadSeconds + 1);
    expect(await world.complete(event.id)).toBe('void');
    expect((await world.draws(event.id))[0]).toMatchObject({ voidReason: 'seed_lost', seed: null });
    await finish(event.id);
  });

  test('when the beacon is away for a quarter of an hour, and no sooner', async () => {
    const event = await frozenRoom(50);
    await world.complete(event.id);
    await world.pass(leadSeconds + 1);
    await world.script({ answer: 503 });
    expect(await world.complete(event.id)).toBe('waiting');
    await world.pass(600);
    expect(await world.complete(event.id)).toBe('waiting');
    await world.pass(301);
    expect(await world.complete(event.id)).toBe('void');
    expect(await pathOf(event.id)).toEqual(['1 beacon_missing', '2 frozen']);
    await world.behave();
    await finish(event.id);
  });
});
