import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/sha';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { signBuyerToken } from '../../../src/access/buyers/buyer-token.ts';
import { orderAccessToken } from '../../../src/access/buyers/order-token.ts';
import { handleError } from '../../../src/http/problem.ts';
import { createRouter } from '../../../src/http/contract/router.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { newEventId, newOrderId } from '../../../src/platform/ids.ts';
import { problems } from '../../../src/problems.ts';
import { placeSalt } from '../../../src/waiting-room/draw/index.ts';
import { placeRoutes } from '../../../src/waiting-room/places/routes.ts';
import { readPlaceToken } from '../../../src/waiting-room/places/place-token.ts';
import type { RoomFacts } from '../../../src/waiting-room/ports.ts';
import { useTestDb } from '../../../testkit/services/use-test-db.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import {
  accountKeyOf,
  asBuyer,
  createRoom,
  joinDeps,
  queueTokenSecret,
  roomFacts,
} from '../../../testkit/waiting-room/places.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';

/** Guards promise 9 where it begins: one confirmed buyer, one place, whatever is sent and however often. */

const { open } = await useTestDb();
const rooms = new Map<string, RoomFacts>();
const deps = joinDeps(open, rooms);

async function aRoom(more: Partial<RoomFacts> = {}): Promise<TestEvent> {
  const event = await createRoom(open.db, { phase: more.phase ?? 'pre_queue' });
  rooms.set(event.slug, roomFacts(event, more));
  return event;
}

type Sent = { as?: string; body?: string; type?: string };

async function ask(path: string, { as, body, type = 'application/json' }: Sent = {}, from = deps) {
  const app = createRouter();
  app.onError(handleError(problems, silentLog));
  app.route('/', placeRoutes(from));
  const response = await app.request(path, {
    method: 'POST',
    headers: {
      ...(as === undefined ? {} : { authorization: as }),
      ...(body === undefined ? {} : { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

const join = (event: { slug: string }, sent?: Sent) => ask(`/v1/events/${event.slug}/queue/places`, sent);
const codeOf = ({ status, body }: { status: number; body: Record<string, unknown> }) =>
  `${status} ${String(body['code'])}`;
const rowsAt = async (event: TestEvent) => {
  const [row] = await rowsOf<{ counted: number; rows: number }>(
    open.db,
    sql`select (select places from waiting_rooms where event_id = ${event.id}) as counted,
               (select count(*)::int from places where event_id = ${event.id}) as rows`,
  );
  return row;
};

describe('joining', () => {
  it('gives places in the order of arrival, each with a token that proves it and a salt of its own', async () => {
    const event = await aRoom();
    for (const [index, name] of ['ayu', 'budi', 'citra'].entries()) {
      const { status, body } = await join(event, { as: asBuyer(name), body: '{}' });
      expect(status).toBe(201);
      expect(body).toMatchObject({ index, accountKey: accountKeyOf(name), phase: 'pre_queue' });
      expect(readPlaceToken(queueTokenSecret, String(body['placeToken']))).toEqual({
        eventId: event.id,
        placeIndex: index,
        accountKey: accountKeyOf(name),
      });
      expect(body['salt']).toBe(placeSalt(queueTokenSecret, event.id, index).toString('hex'));
      expect(Math.abs(Date.parse(String(body['joinedAt'])) - Date.now())).toBeLessThan(60_000);
    }
    expect(await rowsAt(event)).toEqual({ counted: 3, rows: 3 });
  });

  it('a second time gives the same answer, even without a body, and takes no other place', async () => {
    const event = await aRoom();
    const first = await join(event, { as: asBuyer('ayu') });
    await join(event, { as: asBuyer('budi') });
    const again = await join(event, { as: asBuyer('ayu'), body: '{}' });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
    expect(await rowsAt(event)).toEqual({ counted: 2, rows: 2 });
  });

  it('counts as one buyer for all spellings of the address, because the key is the same', async () => {
    expect(asBuyer('AYU').split('.')[1]).toBe(asBuyer('ayu').split('.')[1]);
  });

  it('after the freeze appends behind those who joined before', async () => {
    const event = await aRoom({ phase: 'open' });
    expect((await join(event, { as: asBuyer('ayu') })).body).toMatchObject({ index: 0, phase: 'open' });
  });

  it('names the reason of a refusal: no room, not open, no buyer', async () => {
    const event = await aRoom();
    expect(codeOf(await join({ slug: 'nothing-here' }, { as: asBuyer('ayu') }))).toBe('404 event.not_found');
    expect(codeOf(await join(event))).toBe('401 access.unauthenticated');
    for (const phase of ['closed', 'over', 'probably_sold_out'] as const) {
      const refused = await join(await aRoom({ phase }), { as: asBuyer('ayu') });
      expect([codeOf(refused), refused.body['phase']]).toEqual(['409 queue.not_open', phase]);
    }
  });

  it('finds the buyer’s own place while no new places are given out', async () => {
    const event = await aRoom();
    const first = await join(event, { as: asBuyer('ayu') });
    await open.db.execute(sql`
      update waiting_rooms set phase = 'probably_sold_out', frozen_places = 1 where event_id = ${event.id}`);
    const again = await join(event, { as: asBuyer('ayu') });
    expect([again.status, again.body]).toEqual([200, { ...first.body, phase: 'probably_sold_out' }]);
    // The memory of this process still says pre_queue: the row decides.
    expect(codeOf(await join(event, { as: asBuyer('budi') }))).toBe('409 queue.not_open');
    expect(await rowsAt(event)).toEqual({ counted: 1, rows: 1 });
  });

  it('is refused as unavailable while the rooms are not known yet', async () => {
    const blind = { ...deps, rooms: { roomOf: () => undefined, isLapsed: () => false, isReady: () => false } };
    const answer = await ask('/v1/events/nothing-here/queue/places', { as: asBuyer('ayu') }, blind);
    expect(codeOf(answer)).toBe('503 service.unavailable');
  });

  it('is refused with a credential of another kind, or with an expired buyer token', async () => {
    const event = await aRoom();
    const place = await join(event, { as: asBuyer('ayu') });
    const accountKey = accountKeyOf('budi');
    const others = [
      `Bearer ${String(place.body['placeToken'])}`,
      `Bearer ${orderAccessToken(queueTokenSecret, newOrderId(newEventId()), 1)}`,
      `Bearer ${signBuyerToken(queueTokenSecret, { accountKey, until: new Date(Date.now() - 1000) })}`,
      `Bearer ${signBuyerToken(`${queueTokenSecret}x`, { accountKey, until: new Date(Date.now() + 60_000) })}`,
      asBuyer('budi').replace('Bearer', 'Basic'),
      asBuyer('budi').slice(0, -1),
    ];
    for (const as of others) expect(codeOf(await join(event, { as }))).toBe('401 access.unauthenticated');
    expect(await rowsAt(event)).toEqual({ counted: 1, rows: 1 });
  });

  it.each([
    ['not JSON', '{', '400 request.invalid'],
    ['an unknown field', '{"index":0}', '400 request.invalid'],
    ['somebody else’s account', `{"accountKey":"${accountKeyOf('budi')}"}`, '400 request.invalid'],
    ['a list', '[]', '400 request.invalid'],
    ['a challenge of another type', '{"challenge":{"a":1}}', '400 request.invalid'],
    ['too long a challenge', `{"challenge":"${'a'.repeat(3000)}"}`, '400 request.invalid'],
    ['too long a body', `{"challenge":"${'a'.repeat(5000)}"}`, '413 request.too_large'],
  ])('is refused with %s', async (_, body, code) => {
    const event = await aRoom();
    expect(codeOf(await join(event, { as: asBuyer('ayu'), body }))).toBe(code);
    expect(codeOf(await join(event, { as: asBuyer('ayu'), body: '{}', type: 'text/plain' }))).toBe(
      '415 request.unsupported_media_type',
    );
    expect(await rowsAt(event)).toEqual({ counted: 0, rows: 0 });
  });
});

describe('a challenge', () => {
  const solved = async (event: TestEvent, as: string): Promise<string> => {
    const { status, body } = await ask(`/v1/events/${event.slug}/queue/challenges`, { as });
    expect(status).toBe(201);
    const challenge = body as unknown as Parameters<typeof solveChallenge>[0]['challenge'];
    const solution = await solveChallenge({ challenge, deriveKey });
    return Buffer.from(JSON.stringify({ challenge, solution })).toString('base64');
  };

  it('is required where the room demands it, and admits its own buyer repeatedly', async () => {
    const event = await aRoom({ challengeDifficulty: 50 });
    expect(codeOf(await join(event, { as: asBuyer('ayu') }))).toBe('403 challenge.required');
    const challenge = await solved(event, asBuyer('ayu'));
    const body = JSON.stringify({ challenge });
    expect((await join(event, { as: asBuyer('ayu'), body })).status).toBe(201);
    expect((await join(event, { as: asBuyer('ayu'), body })).status).toBe(200);
    expect(codeOf(await join(event, { as: asBuyer('budi'), body }))).toBe('403 challenge.failed');
    const other = await aRoom({ challengeDifficulty: 50 });
    expect(codeOf(await join(other, { as: asBuyer('ayu'), body }))).toBe('403 challenge.failed');
    expect(codeOf(await join(event, { as: asBuyer('budi'), body: '{"challenge":"AAAA"}' }))).toBe(
      '403 challenge.failed',
    );
    expect(await rowsAt(event)).toEqual({ counted: 1, rows: 1 });
  });

  it('is required of a buyer who comes back for a place while no new places are given out', async () => {
    const event = await aRoom();
    const as = asBuyer('ayu');
    const first = await join(event, { as });
    const phase = 'probably_sold_out';
    await open.db.execute(
      sql`update waiting_rooms set phase = ${phase}, frozen_places = 1 where event_id = ${event.id}`,
    );
    rooms.set(event.slug, roomFacts(event, { phase, challengeDifficulty: 50 }));
    const again = await join(event, { as, body: JSON.stringify({ challenge: await solved(event, as) }) });
    expect([again.status, again.body]).toEqual([200, { ...first.body, phase }]);
  });

  it('exists only where one is required, and for a confirmed buyer of an open line', async () => {
    const at = (event: TestEvent, as?: string) =>
      ask(`/v1/events/${event.slug}/queue/challenges`, as === undefined ? {} : { as });
    expect((await at(await aRoom(), asBuyer('ayu'))).status).toBe(204);
    const event = await aRoom({ challengeDifficulty: 50 });
    expect(codeOf(await at(event))).toBe('401 access.unauthenticated');
    expect(codeOf(await at(await aRoom({ phase: 'closed', challengeDifficulty: 50 }), asBuyer('ayu')))).toBe(
      '409 queue.not_open',
    );
  });
});
