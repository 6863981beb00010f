import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { createActors, rememberedMs } from '../../src/access/actors.ts';
import { newCredential } from '../../src/access/credentials/credential.ts';
import { createDevice } from '../../src/access/credentials/create-device.ts';
import { endDevice } from '../../src/access/credentials/end-device.ts';
import { createApiKey } from '../../src/access/credentials/create-api-key.ts';
import { keyScopes } from '../../src/access/credentials/key-scopes.ts';
import { ownInvalidations } from '../../src/platform/invalidation/invalidations.ts';
import { aMember, useAccessWorld } from '../../testkit/access/access-world.ts';
import { createEvent } from '../../testkit/factories.ts';

const { world, organizer } = await useAccessWorld();

/** Guards that a rush of scans costs one look-up per half minute, and that guesses and faults are not remembered. */
describe('the credentials that a process remembers', () => {
  /** A directory whose database counts its reads, and can be down. */
  const counting = (max?: number) => {
    const state = { reads: 0, away: false };
    const db = new Proxy(world.open.db, {
      get: (target, name, receiver) => {
        if (name === 'select') {
          state.reads += 1;
          if (state.away) throw Object.assign(new Error('away'), { code: 'CONNECTION_CLOSED' });
        }
        const value: unknown = Reflect.get(target, name, receiver);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    return {
      state,
      actors: createActors({
        ...world.deps,
        db,
        invalidations: ownInvalidations(),
        ...(max === undefined ? {} : { max }),
      }),
    };
  };

  it('a thousand concurrent requests cause one lookup, and half a minute later one more', async () => {
    const { state, actors } = counting();
    const found = await Promise.all(Array.from({ length: 1000 }, () => actors.of(organizer.owner)));
    expect(new Set(found.map((actor) => actor?.id))).toEqual(new Set([organizer.ownerId]));
    expect(state.reads).toBe(1);
    world.time.advance(rememberedMs - 1000);
    await actors.of(organizer.owner);
    expect(state.reads).toBe(1);
    world.time.advance(1000);
    await actors.of(organizer.owner);
    expect(state.reads).toBe(2);
  });

  it('look up no credential that cannot be ours, and forget ended ones before long', async () => {
    const { state, actors } = counting();
    expect(await actors.of(`${organizer.owner.slice(0, -2)}xx`)).toBeUndefined();
    expect(state.reads).toBe(0);
    expect(await actors.of(`antre_key_${'B'.repeat(65)}`)).toBeUndefined();
    expect(state.reads).toBe(0);
    const ended = newCredential('apiKey', world.deps.config).text;
    for (let time = 0; time < 10; time += 1) expect(await actors.of(ended)).toBeUndefined();
    expect(state.reads).toBe(1);
    world.time.advance(6000);
    expect(await actors.of(ended)).toBeUndefined();
    expect(state.reads).toBe(2);
  });

  it('guessed credentials push out no credential in use; of those in use, the one unused for longest is forgotten first', async () => {
    const { state, actors } = counting(2);
    const [first, second, third] = await Promise.all(
      Array.from({ length: 3 }, async () => (await aMember(world, organizer, 'door')).token),
    );
    await actors.of(first ?? '');
    await actors.of(second ?? '');
    state.reads = 0;
    // Only well-signed keys reach the database: these were issued and have since ended.
    const guesses = Array.from({ length: 20 }, () => newCredential('apiKey', world.deps.config).text);
    await Promise.all(guesses.map((guess) => actors.of(guess)));
    expect(state.reads).toBe(20);
    await actors.of(second ?? '');
    await actors.of(first ?? '');
    expect(state.reads).toBe(20);
    await actors.of(third ?? '');
    await actors.of(first ?? '');
    expect(state.reads).toBe(21);
    await actors.of(second ?? '');
    expect(state.reads).toBe(22);
  });

  it('do not remember that the database was away', async () => {
    const { state, actors } = counting();
    state.away = true;
    await expect(actors.of(organizer.owner)).rejects.toThrow('away');
    state.away = false;
    expect(await actors.of(organizer.owner)).toMatchObject({ id: organizer.ownerId });
  });

  it('are forgotten by session, by member and by key, and no others with them', async () => {
    const member = await aMember(world, organizer, 'door');
    const actor = await world.deps.actors.of(organizer.owner);
    if (actor === undefined) throw new Error('the owner is signed in');
    const { apiKey, key } = await createApiKey(world.deps, { actor, name: 'K', role: 'door', scopes: keyScopes });
    const { state, actors } = counting();
    const ask = async () => {
      state.reads = 0;
      await actors.of(member.token);
      await actors.of(key);
      await actors.of(organizer.owner);
      return state.reads;
    };
    await ask();
    expect(await ask()).toBe(0);
    actors.forget(member.id);
    expect(await ask()).toBe(1);
    actors.forget(apiKey.id);
    expect(await ask()).toBe(1);
    actors.forget(actor.kind === 'staff' ? actor.sessionId : '');
    expect(await ask()).toBe(1);
    actors.forget('stf_00000000000000000000');
    expect(await ask()).toBe(0);
  });

  it('do not keep what was read before a change that arrives during the read', async () => {
    const member = await aMember(world, organizer, 'door');
    const actors = world.anotherProcess();
    const reading = actors.of(member.token);
    await world.open.db.execute(sql`update staff set role = 'manager' where id = ${member.id}`);
    actors.forget(member.id);
    await reading;
    expect(await actors.of(member.token)).toMatchObject({ role: 'manager' });
  });

  it('lets an ended device scan at another process for half a minute at most, however often it scans', async () => {
    const actor = await world.deps.actors.of(organizer.owner);
    if (actor === undefined) throw new Error('the owner is signed in');
    const { id: eventId } = await createEvent(world.open.db, { organizer });
    const { device, token } = await createDevice(world.deps, { actor, eventId, name: 'North gate' });
    const [here, there] = [world.deps.actors, world.anotherProcess()];
    for (const actors of [here, there]) expect(await actors.of(token)).toMatchObject({ kind: 'device', id: device.id });
    await endDevice(world.deps, { actor, deviceId: device.id });
    expect(await here.of(token)).toBeUndefined();
    let scans = 0;
    const scansMax = rememberedMs / 1000;
    for (; scans <= scansMax && (await there.of(token)) !== undefined; scans += 1) world.time.advance(1000);
    // The control: the other process does not know of the end, and relies on its cache.
    expect(scans).toBeGreaterThan(1);
    expect(scans).toBeLessThanOrEqual(scansMax);
    expect(await there.of(token)).toBeUndefined();
  });
});
