import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { provesInclusion, treeHead } from '../../../loadtest/audit-draw/tree.ts';
import { fromHex } from '../../../loadtest/audit-draw/hashing.ts';
import { freezePlaces, leafOf, placeSalt } from '../../../src/waiting-room/draw/index.ts';
import { drawsSchema, proofSchema } from '../../../src/waiting-room/draw/schemas.ts';
import { createEvent } from '../../../testkit/factories.ts';
import { openDrawApp } from './support/draw-app.ts';
import { type DrawWorld, hour, leadSeconds, openDrawWorld, queueTokenSecret } from './support/draw-world.ts';

/** Guards promise 9: everything needed to check a draw is public, and the seed is not public too early. */

let world: DrawWorld;
let app: Awaited<ReturnType<typeof openDrawApp>>;
beforeAll(async () => {
  world = await openDrawWorld();
  app = await openDrawApp(world);
});
afterAll(async () => {
  await app.close();
  await world.close();
});

const get = (path: string) => app.fetch(new Request(`http://localhost${path}`));
const documentTurnsMs = 1100;

async function drawsOf(slug: string) {
  await new Promise((resolve) => setTimeout(resolve, documentTurnsMs));
  const response = await get(`/v1/events/${slug}/queue/draws`);
  expect(response.status).toBe(200);
  return drawsSchema.parse(await response.json());
}

describe('what is published', () => {
  test('grows with the draw, and never shows a later step early', async () => {
    const event = await world.room(1500);
    const committed = await drawsOf(event.slug);
    expect(committed).toMatchObject({ eventId: event.id, method: 'antre.draw.v1', leavesPerChunk: 1024 });
    expect(committed.draws).toMatchObject([
      { number: 1, state: 'committed', seed: null, places: null, merkleRoot: null },
    ]);
    expect(JSON.stringify(committed)).not.toContain('sealed');
    for (const path of ['draws/leaves/0', 'proofs/0']) {
      const early = await get(`/v1/events/${event.slug}/queue/${path}`);
      expect(early.status).toBe(409);
      expect(await early.json()).toMatchObject({ code: 'queue.list_not_frozen' });
    }

    await world.pass(hour + 1);
    await freezePlaces(world.deps(), event.id);
    await world.complete(event.id);
    const rooted = await drawsOf(event.slug);
    expect(rooted.draws).toMatchObject([{ state: 'frozen', places: 1500, seed: null, drawKey: null }]);
    expect(rooted.draws[0]?.merkleRoot).toMatch(/^[0-9a-f]{64}$/);

    await world.pass(leadSeconds + 1);
    await world.complete(event.id);
    const drawn = await drawsOf(event.slug);
    expect(drawn.draws).toMatchObject([{ state: 'drawn' }]);
    for (const shown of ['seed', 'beaconRandomness', 'drawKey', 'beaconSignature'] as const)
      expect(drawn.draws[0]?.[shown]).toMatch(/^[0-9a-f]{64,96}$/);
  });

  test('includes all leaves, and a proof for each, permanently', async () => {
    const event = await world.room(1030);
    await world.pass(hour + 1);
    await freezePlaces(world.deps(), event.id);
    await world.complete(event.id);
    const chunks = await Promise.all(
      [0, 1].map((chunk) => get(`/v1/events/${event.slug}/queue/draws/leaves/${chunk}`)),
    );
    for (const chunk of chunks) {
      expect(chunk.headers.get('cache-control')).toContain('immutable');
      expect(chunk.headers.get('access-control-allow-origin')).toBe('*');
    }
    const leaves = Buffer.concat(
      await Promise.all(chunks.map(async (chunk) => Buffer.from(await chunk.arrayBuffer()))),
    );
    expect(leaves).toHaveLength(1030 * 32);
    const [draw] = (await drawsOf(event.slug)).draws;
    const root = fromHex(draw?.merkleRoot ?? '');
    expect(treeHead((index) => leaves.subarray(index * 32, index * 32 + 32), 0, 1030)).toEqual(root);

    const accounts = await world.owner<{ account_key: string }[]>`
      select account_key from places where event_id = ${event.id} order by place_index`;
    for (const index of [0, 1023, 1024, 1029]) {
      const response = await get(`/v1/events/${event.slug}/queue/proofs/${index}`);
      expect(response.headers.get('cache-control')).toContain('immutable');
      const proof = proofSchema.parse(await response.json());
      const salt = placeSalt(queueTokenSecret, event.id, index);
      expect(proof.leaf).toBe(leafOf(event.id, index, salt, accounts[index]?.account_key ?? '').toString('hex'));
      const siblings = proof.siblings.map(fromHex);
      expect(provesInclusion({ index, places: 1030, leaf: fromHex(proof.leaf), siblings }, root)).toBe(true);
    }
    for (const path of ['draws/leaves/2', 'proofs/1030']) {
      const beyond = await get(`/v1/events/${event.slug}/queue/${path}`);
      expect(beyond.status).toBe(404);
      expect(await beyond.json()).toMatchObject({ code: 'queue.leaf_not_found' });
    }
    for (const path of ['draws/leaves/x', 'proofs/-1', 'proofs/99999999999'])
      expect((await get(`/v1/events/${event.slug}/queue/${path}`)).status).toBe(400);
  });

  test('answers 404 for a draft, an event without a room, and an unknown event', async () => {
    const draft = await world.room(3);
    await world.owner`update events set status = 'draft' where id = ${draft.id}`;
    const plain = await createEvent(world.open.db);
    for (const slug of [draft.slug, plain.slug, 'no-such-event'])
      for (const path of ['draws', 'draws/leaves/0', 'proofs/0']) {
        const response = await get(`/v1/events/${slug}/queue/${path}`);
        expect(response.status).toBe(404);
        expect(await response.json()).toMatchObject({ code: 'event.not_found' });
      }
  });
});
