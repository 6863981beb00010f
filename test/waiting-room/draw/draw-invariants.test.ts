import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freezePlaces } from '../../../src/waiting-room/draw/index.ts';
import { drawInvariants } from '../../../src/waiting-room/draw/invariants.ts';
import { type DrawWorld, hour, leadSeconds, openDrawWorld } from './support/draw-world.ts';

/** Each truth about draws names the row that breaks it. */

let world: DrawWorld;
let eventId = '';
beforeAll(async () => {
  world = await openDrawWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.owner`truncate draws, draw_leaves, places, waiting_rooms cascade`;
  ({ id: eventId } = await world.room(1500));
  await world.pass(hour + 1);
  await freezePlaces(world.deps(), eventId);
  await world.complete(eventId);
  await world.pass(leadSeconds + 1);
  await world.complete(eventId);
});

async function broken(): Promise<string[]> {
  const names: string[] = [];
  for (const invariant of drawInvariants) {
    const sentences = await invariant.find(world.open.db);
    for (const sentence of sentences) expect(sentence).toContain(eventId);
    if (sentences.length > 0) names.push(invariant.name);
  }
  return names;
}

const spoil = (act: (sql: DrawWorld['owner']) => Promise<unknown>) => act(world.owner);

describe('the audit of draws', () => {
  test('finds nothing in a correct draw', async () => {
    expect(await broken()).toEqual([]);
  });

  test('finds a last draw that is void', async () => {
    await spoil((sql) => sql`update draws set state = 'void', void_reason = 'seed_late'`);
    expect(await broken()).toContain('draws.one_counts');
  });

  test('finds a room that waits without a draw', async () => {
    await spoil((sql) => sql`delete from draws`);
    expect(await broken()).toEqual(['draws.one_counts']);
  });

  test('finds a list that was fixed, a root that was written too late, and a seed revealed too early', async () => {
    await spoil((sql) => sql`update draws set frozen_at = beacon_round_at`);
    expect(await broken()).toEqual(['draws.in_order']);
    await spoil((sql) => sql`update draws set frozen_at = committed_at, rooted_at = null`);
    expect(await broken()).toEqual(['draws.in_order']);
    await spoil(
      (sql) => sql`update draws set rooted_at = committed_at, revealed_at = beacon_round_at - interval '1 second'`,
    );
    expect(await broken()).toEqual(['draws.in_order']);
  });

  test('finds a missing or a surplus leaf', async () => {
    await spoil((sql) => sql`update draw_leaves set leaves = substr(leaves, 33) where chunk = 1`);
    expect(await broken()).toContain('draws.leaves_complete');
    await spoil((sql) => sql`delete from draw_leaves where chunk = 0`);
    expect(await broken()).toContain('draws.leaves_complete');
  });

  test('finds a list that disagrees with the room or its places', async () => {
    await spoil((sql) => sql`update waiting_rooms set frozen_places = 1499`);
    expect(await broken()).toEqual(['draws.list_as_frozen']);
    await spoil((sql) => sql`update waiting_rooms set frozen_places = 1500`);
    await spoil(async (sql) => {
      await sql`alter table places disable trigger keep_frozen_places`;
      await sql`update places set voided_at = now() where place_index = 9`;
      await sql`alter table places enable trigger keep_frozen_places`;
    });
    expect(await broken()).toEqual(['draws.list_as_frozen']);
  });

  test.each(['seed', 'seed_hash', 'merkle_root', 'beacon_randomness', 'draw_key'])(
    'finds another %s than the published one',
    async (column) => {
      await spoil((sql) => sql`update draws set ${sql(column)} = sha256('another')`);
      expect(await broken()).toContain('draws.recompute');
    },
  );

  test('finds a wrong beacon signature, list of void places, number or root of a chunk', async () => {
    for (const [change, back] of [
      ['beacon_signature = sha256(beacon_signature)', ''],
      ["voided_places = '{3}'", "voided_places = '{}'"],
      ['number = 2', 'number = 1'],
    ] as const) {
      await spoil(async (sql) => {
        const [before] = await sql<{ beacon_signature: Buffer }[]>`select beacon_signature from draws`;
        await sql.unsafe(`update draws set ${change}`);
        expect(await broken()).toContain('draws.recompute');
        if (back !== '') await sql.unsafe(`update draws set ${back}`);
        await sql`update draws set beacon_signature = ${before?.beacon_signature ?? null}`;
      });
    }
    expect(await broken()).toEqual([]);
    await spoil((sql) => sql`update draw_leaves set root = sha256(root) where chunk = 0`);
    expect(await broken()).toEqual(['draws.recompute']);
  });
});
