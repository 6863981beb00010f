import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buyerKeys } from '../../../src/orders/placement/keys.ts';
import { signText } from '../../../src/platform/text/signed-text.ts';
import { decideExchange } from '../../../src/waiting-room/places/decide-exchange.ts';
import { indexAt, positionOf } from '../../../src/waiting-room/draw/index.ts';
import { exchangePlace } from '../../../src/waiting-room/places/exchange-place.ts';
import { parsePass, signPass } from '../../../src/waiting-room/places/pass.ts';
import { signPlaceToken } from '../../../src/waiting-room/places/place-token.ts';
import { servingAt } from '../../../src/waiting-room/admission/serving.ts';
import { type TestEvent, createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';
import { type DrawnRoomOptions, accountKeyAt, createDrawnRoom } from '../support/drawn-room.ts';

/**
 * Guards the room's promises 5 and 6: a buyer with a pass was called, is the right one, is in time, and orders once.
 */

let api: TestService;
let secret: string;
let hashSecret: string;
beforeAll(async () => {
  api = await startTestService();
  secret = api.service.queueTokenSecret;
  hashSecret = api.service.hashSecret;
});
afterAll(() => api.close());

async function aRoom(options: DrawnRoomOptions = {}) {
  const event = await createEvent(api.service.db);
  const draw = await createDrawnRoom(api.service.db, event, options);
  await api.service.rooms.refresh();
  return { event, draw };
}

const placeAt = (event: TestEvent, placeIndex: number, accountKey = accountKeyAt(placeIndex)) =>
  signPlaceToken(secret, { eventId: event.id, placeIndex, accountKey });

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await api.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}
const exchange = (event: { slug: string }, placeToken: string) =>
  post(`/v1/events/${event.slug}/queue/passes`, { placeToken });
const codeOf = ({ status, body }: Awaited<ReturnType<typeof post>>) => `${status} ${String(body['code'])}`;

const orderOf = (event: TestEvent, buyer = someBuyer(), pass?: string) =>
  post(
    '/v1/orders',
    { eventSlug: event.slug, buyer, lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }] },
    { 'idempotency-key': randomUUID(), ...(pass === undefined ? {} : { 'queue-pass': pass }) },
  );

describe('an exchange', () => {
  it('gives a called place a pass of its own account and event, any number of times', async () => {
    const { event, draw } = await aRoom({ serving: 10 });
    const index = indexAt(draw, 4);
    for (let time = 0; time < 3; time += 1) {
      const { status, body, headers } = await exchange(event, placeAt(event, index));
      expect(status).toBe(201);
      expect(headers.get('cache-control')).toBe('no-store');
      const pass = parsePass(secret, String(body['pass']));
      expect(pass).toMatchObject({ eventId: event.id, placeIndex: index, accountKey: accountKeyAt(index) });
      const endsInSeconds = (Date.parse(String(body['expiresAt'])) - Date.now()) / 1000;
      expect(endsInSeconds).toBeGreaterThan(590);
      expect(endsInSeconds).toBeLessThan(610);
    }
  });

  it('is refused for a place that was not called, with the position and Retry-After', async () => {
    const { event, draw } = await aRoom({ frozen: 300, late: 20, serving: 25, rate: 0 });
    for (let index = 0; index < 320; index += 1) {
      const position = positionOf(draw, index);
      const answer = await exchange(event, placeAt(event, index));
      if (position < 25) {
        expect(answer.status).toBe(201);
        continue;
      }
      expect(codeOf(answer)).toBe('403 queue.not_your_turn');
      expect(answer.body).toMatchObject({ position, serving: 25, phase: 'open' });
      const retryAfter = Number(answer.headers.get('retry-after'));
      expect(Number.isInteger(retryAfter) && retryAfter >= 1 && retryAfter <= 72).toBe(true);
    }
  });

  it('is refused for a token that is not for a place of this event', async () => {
    const { event, draw } = await aRoom({ serving: 100 });
    const { event: other } = await aRoom({ serving: 100 });
    const good = placeAt(event, indexAt(draw, 0));
    expect((await exchange(event, good)).status).toBe(201);
    const forged = [
      placeAt(other, 0),
      `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`,
      good.replace(/\.(\d+)\./, (_all, index) => `.${Number(index) + 1}.`),
      signPlaceToken('another-secret-another-secret-123456', {
        eventId: event.id,
        placeIndex: 0,
        accountKey: accountKeyAt(0),
      }),
      signPass(secret, {
        eventId: event.id,
        placeIndex: 0,
        accountKey: accountKeyAt(0),
        expiresAt: Date.now() + 60_000,
      }),
      signText(secret, 'buyer.v1', `place.${event.id}.0.${accountKeyAt(0)}`),
      'place',
      '.'.repeat(200),
    ];
    for (const token of forged) expect(codeOf(await exchange(event, token))).toBe('403 queue.place_invalid');
    expect(codeOf(await exchange(event, ''))).toBe('400 request.invalid');
    expect(codeOf(await exchange(event, 'x'.repeat(257)))).toBe('400 request.invalid');
    expect(codeOf(await exchange({ slug: 'no-such-event' }, good))).toBe('404 event.not_found');
  });

  it('is refused when the turn is over, and for places that were taken out', async () => {
    const voided = [3, 97];
    const { event, draw } = await aRoom({ serving: 50, lapsedBelow: 20, voided });
    // The draw may have put a voided place at any position.
    const validAt = (positions: readonly number[]) =>
      positions.map((position) => indexAt(draw, position)).find((index) => !voided.includes(index)) ?? 0;
    expect(codeOf(await exchange(event, placeAt(event, validAt([17, 18, 19]))))).toBe('410 queue.turn_lapsed');
    expect((await exchange(event, placeAt(event, validAt([20, 21, 22])))).status).toBe(201);
    for (const index of [3, 97])
      expect(codeOf(await exchange(event, placeAt(event, index)))).toBe('403 queue.place_invalid');
  });

  it('waits until the room is open, and is not needed once it is over', async () => {
    for (const phase of ['drawing', 'probably_sold_out', 'over'] as const) {
      const { event, draw } = await aRoom({ phase, serving: phase === 'drawing' ? 0 : 10 });
      const answer = await exchange(event, placeAt(event, indexAt(draw, 0)));
      const expected = {
        drawing: '403 queue.not_your_turn',
        probably_sold_out: '201 undefined',
        over: '409 queue.not_open',
      };
      expect(codeOf(answer)).toBe(expected[phase]);
    }
  });

  it('is 503, not 404, while the rooms are not known yet', () => {
    const deps = {
      rooms: { roomOf: () => undefined, isReady: () => false, now: () => 0 },
      health: { exchanged: () => {} },
      queueTokenSecret: secret,
    };
    expect(() => exchangePlace(deps, { slug: 'any', placeToken: 'any' })).toThrow(
      expect.objectContaining({ code: 'service.unavailable' }),
    );
  });
});

describe('an order while the room is open', () => {
  it('needs the pass of its own buyer, in time, once', async () => {
    const buyer = someBuyer();
    const [emailKey, phoneKey] = buyerKeys(hashSecret, buyer);
    const { event } = await aRoom({ serving: 2, frozen: 2, accountKeys: [emailKey, phoneKey] });
    const { event: other } = await aRoom({ serving: 100 });
    const passOf = async (index: number, accountKey: string) =>
      String((await exchange(event, placeAt(event, index, accountKey))).body['pass']);
    const byEmail = await passOf(0, emailKey);
    const byPhone = await passOf(1, phoneKey);

    expect(codeOf(await orderOf(event, buyer))).toBe('403 queue.pass_required');
    expect(codeOf(await orderOf(event, someBuyer(), byEmail))).toBe('403 queue.pass_invalid');
    const ended = signPass(secret, {
      eventId: event.id,
      placeIndex: 0,
      accountKey: emailKey,
      expiresAt: Date.now() - 10_000,
    });
    const elsewhere = signPass(secret, {
      eventId: other.id,
      placeIndex: 0,
      accountKey: emailKey,
      expiresAt: Date.now() + 60_000,
    });
    for (const pass of [ended, elsewhere, `${byEmail}x`, byEmail.replace('.0.', '.1.'), placeAt(event, 0, emailKey)])
      expect(codeOf(await orderOf(event, buyer, pass))).toBe('403 queue.pass_invalid');

    expect((await orderOf(event, buyer, byEmail)).status).toBe(201);
    expect(codeOf(await orderOf(event, buyer, byEmail))).toBe('409 queue.pass_spent');
    expect(codeOf(await orderOf(event, buyer, await passOf(0, emailKey)))).toBe('409 queue.pass_spent');
    expect((await orderOf(event, buyer, byPhone)).status).toBe(201);
  });

  it('with one pass shared by fifty is placed once', async () => {
    const buyer = someBuyer();
    const [emailKey] = buyerKeys(hashSecret, buyer);
    const { event } = await aRoom({ serving: 1, frozen: 1, accountKeys: [emailKey] });
    const pass = String((await exchange(event, placeAt(event, 0, emailKey))).body['pass']);
    const answers = await Promise.all(Array.from({ length: 50 }, () => orderOf(event, buyer, pass)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 201).map(codeOf);
    expect(new Set(refused)).toEqual(new Set(['409 queue.pass_spent']));
  });

  it('needs no pass when the room is over', async () => {
    const { event } = await aRoom({ phase: 'over' });
    expect((await orderOf(event)).status).toBe(201);
  });
});

describe('the number of called places', () => {
  const room = { phase: 'open', places: 1000, serving: 100, servingAt: 50_000, rate: 40 } as const;

  it('is extrapolated by the rate for a second, and no further', () => {
    expect(servingAt(room, 49_000)).toBe(100);
    expect(servingAt(room, 50_500)).toBe(120);
    expect(servingAt(room, 51_000)).toBe(140);
    expect(servingAt(room, 3_000_000)).toBe(140);
  });

  it('never exceeds the existing places, and does not change in any phase except open', () => {
    expect(servingAt({ ...room, places: 110 }, 51_000)).toBe(110);
    expect(servingAt({ ...room, phase: 'probably_sold_out' }, 51_000)).toBe(100);
  });

  it('tells waiting clients to ask again after a quarter of the time that is left', () => {
    const live = {
      ...room,
      eventId: 'evt_00000000',
      slug: 's',
      organizerId: 'o',
      country: 'ID',
      challengeDifficulty: 0,
      turnSeconds: 300,
      passSeconds: 600,
      lapsedBelow: 0,
      draw: { frozenPlaces: 0, drawKey: Buffer.alloc(32) },
      voidedPlaces: new Set<number>(),
    };
    expect(decideExchange(live, 900, 50_000)).toMatchObject({ position: 900, serving: 100, retryAfterSeconds: 5 });
    expect(decideExchange(live, 101, 50_000)).toMatchObject({ retryAfterSeconds: 2 });
    expect(decideExchange({ ...live, rate: 1 }, 900, 50_000)).toMatchObject({ retryAfterSeconds: 60 });
    expect(decideExchange({ ...live, rate: 0 }, 900, 50_000)).toMatchObject({ retryAfterSeconds: 60 });
  });
});
