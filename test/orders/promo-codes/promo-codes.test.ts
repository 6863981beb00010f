import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyPromoCodes } from '../../../src/orders/promo-codes/copy-promo-codes.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import { createEvent, signedInOwner } from '../../../testkit/factories.ts';
import { type OrganizerDesk, startOrganizerDesk } from '../../../testkit/orders/organizer-desk.ts';
import { order } from '../../../testkit/orders/placing.ts';

let desk: OrganizerDesk;

beforeAll(async () => {
  desk = await startOrganizerDesk();
});
afterAll(() => desk.close());

describe('promo codes', () => {
  test('are created once each, changed and closed, and each change is in the audit log', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const path = `/events/${event.id}/promo-codes`;
    const made = await desk.send('POST', path, { code: ' hemat-10 ', kind: 'percent', value: 10, redemptionsMax: 2 });
    expect(made).toMatchObject({
      status: 201,
      body: { code: 'HEMAT-10', redemptions: 0, status: 'active', validFrom: null },
    });
    expect(await desk.send('POST', path, { code: 'HEMAT-10', kind: 'amount', value: 1 })).toMatchObject({
      status: 409,
      body: { code: 'promo_code.taken' },
    });
    for (const _ of [1, 2]) await order(desk.deps, event, { promoCode: 'HEMAT-10' });
    const outOfTime = { code: 'LONG-AGO', kind: 'amount', value: 1, validFrom: '0000-01-01T00:00:00Z' };
    expect(await desk.send('POST', path, outOfTime)).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    const one = `${path}/${String(made.body.id)}`;
    expect(await desk.send('PATCH', one, { redemptionsMax: 1 })).toMatchObject({
      status: 409,
      body: { code: 'promo_code.in_use' },
    });
    expect((await desk.send('PATCH', one, { redemptionsMax: null })).body).toMatchObject({
      redemptions: 2,
      redemptionsMax: null,
    });
    expect((await desk.send('PATCH', one, { status: 'closed' })).body).toMatchObject({ status: 'closed' });
    await expect(order(desk.deps, event, { promoCode: 'HEMAT-10' })).rejects.toMatchObject({ code: 'promo.invalid' });
    expect(await desk.auditOf(String(made.body.id))).toEqual([
      'promo_code.created',
      'promo_code.changed',
      'promo_code.changed',
    ]);
  });

  test('are generated if none is given, and marked when they are easy to guess', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const path = `/events/${event.id}/promo-codes`;
    const made = await desk.send('POST', path, { kind: 'percent', value: 50 });
    expect(made).toMatchObject({
      status: 201,
      body: { code: expect.stringMatching(/^.{5}-.{5}$/), isGuessable: false },
    });
    await order(desk.deps, event, { promoCode: String(made.body['code']).toLowerCase().replace('-', ' ') });
    const weak = await desk.send('POST', path, { code: 'HEMAT', kind: 'percent', value: 50 });
    expect(weak.body).toMatchObject({ code: 'HEMAT', isGuessable: true });
  });

  test.each(['early bird 26', 'EARLY–BIRD–26', ' ｅａｒｌｙ－ｂｉｒｄ－２６ ', 'e a r l y b i r d 2 6'])(
    'typed as %j at the desk are one code, in one spelling',
    async (code) => {
      const event = await createEvent(desk.open.db, { organizer: desk.organizer });
      const path = `/events/${event.id}/promo-codes`;
      const made = await desk.send('POST', path, { code, kind: 'percent', value: 10 });
      expect(made.status).toBe(201);
      expect(String(made.body.code)).toMatch(/^EARLY-?BIRD-?26$/);
      expect(await desk.send('POST', path, { code: 'Early-Bird-26', kind: 'amount', value: 1 })).toMatchObject({
        status: 409,
        body: { code: 'promo_code.taken' },
      });
      await expect(order(desk.deps, event, { promoCode: 'EARLY-BIRD-26' })).resolves.toBeDefined();
    },
  );

  test('are listed page by page', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    for (let n = 0; n < 5; n += 1) {
      await desk.send('POST', `/events/${event.id}/promo-codes`, { code: `CODE-${n}`, kind: 'amount', value: 1000 });
    }
    const seen: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 5; pages += 1) {
      const { data, nextCursor } = await desk.read(`/events/${event.id}/promo-codes?limit=2${cursor}`);
      seen.push(...data.map((promo) => promo.code));
      if (nextCursor === null) break;
      cursor = `&cursor=${nextCursor}`;
    }
    expect(seen.sort()).toEqual(['CODE-0', 'CODE-1', 'CODE-2', 'CODE-3', 'CODE-4']);
  });

  test('are copied from another event by one request: those that are active, fit, and are not there yet', async () => {
    const { db } = desk.open;
    const events = await Promise.all([1, 2].map(() => createEvent(db, { organizer: desk.organizer })));
    const [from, to] = events.map(({ id }) => id) as [string, string];
    const make = (id: string, body: object) => desk.send('POST', `/events/${id}/promo-codes`, body);
    const validUntil = '2027-01-05T00:00:00.000Z';
    await make(from, { code: 'HALF', kind: 'percent', value: 50, redemptionsMax: 3, validUntil });
    await make(from, { code: 'THERE', kind: 'percent', value: 5 });
    await make(from, { code: 'RUPIAH', kind: 'amount', value: 5000 });
    const { body: closed } = await make(from, { code: 'CLOSED', kind: 'percent', value: 5 });
    await desk.send('PATCH', `/events/${from}/promo-codes/${String(closed['id'])}`, { status: 'closed' });
    await make(to, { code: 'THERE', kind: 'percent', value: 7 });
    await db.execute(sql`update events set currency = 'SGD' where id = ${to}`);
    const copy = (eventId: string, body: object) => desk.send('POST', `/events/${eventId}/promo-codes/copies`, body);
    expect(await copy(to, { from, movedSeconds: 3600 })).toEqual({ status: 200, body: { copied: 1, left: 2 } });
    const codes = await rowsOf(
      db,
      sql`select code, value::int, redemptions_max, extract(epoch from valid_until)::int as until
        from promo_codes where event_id = ${to} order by code`,
    );
    const until = Date.parse(validUntil) / 1000 + 3600;
    expect(codes).toEqual([
      { code: 'HALF', value: 50, redemptions_max: 3, until },
      { code: 'THERE', value: 7, redemptions_max: null, until: null },
    ]);
    expect(await desk.auditOf(to)).toEqual(['promo_code.copied']);
    const foreign = await createEvent(db);
    for (const given of [foreign.id, 'evt_00000000'])
      expect(await copy(to, { from: given })).toMatchObject({ status: 404, body: { code: 'event.not_found' } });
    for (const given of ['evt_nothing', `${from}0`, `${from}\u202e`])
      expect(await copy(to, { from: given })).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect((await copy(to, { from, movedSeconds: 1e12 })).status).toBe(400);
  });

  test('of an event at which somebody does not work are not copied to another one', async () => {
    const { db } = desk.open;
    const [from, to] = await Promise.all([1, 2].map(() => createEvent(db, { organizer: desk.organizer })));
    await desk.send('POST', `/events/${from?.id}/promo-codes`, { code: 'SECRET-26', kind: 'percent', value: 90 });
    const member = await signedInOwner(db, desk.organizer);
    const actor = { ...member, role: 'manager', eventIds: [to?.id ?? ''] } as const;
    const deps = { db, clock: desk.deps.clock };
    const copy = copyPromoCodes(deps, actor, to?.id ?? '', { from: from?.id ?? '', movedSeconds: 0 });
    await expect(copy).rejects.toMatchObject({ code: 'event.not_found' });
  });

  test('refuse a time that does not fit the one that they have, and stay as they are', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    const times = { validFrom: '2027-01-02T00:00:00Z', validUntil: '2027-01-05T00:00:00Z' };
    const { body: made } = await desk.send('POST', `/events/${event.id}/promo-codes`, {
      kind: 'percent',
      value: 10,
      ...times,
    });
    const path = `/events/${event.id}/promo-codes/${String(made['id'])}`;
    for (const change of [{ validFrom: times.validUntil }, { validUntil: '2027-01-01T00:00:00Z' }])
      expect(await desk.send('PATCH', path, change)).toMatchObject({
        status: 400,
        body: { errors: [{ path: 'validUntil', code: 'time.order' }] },
      });
    const { validFrom, validUntil, ...later } = made;
    expect([Date.parse(String(validFrom)), Date.parse(String(validUntil))]).toEqual(
      Object.values(times).map(Date.parse),
    );
    expect(await desk.send('PATCH', path, { validFrom: null })).toMatchObject({
      status: 200,
      body: { ...later, validFrom: null, validUntil },
    });
    expect(await desk.auditOf(String(made['id']))).toEqual(['promo_code.created', 'promo_code.changed']);
  });

  test.each([
    [{ code: 'AB', kind: 'percent', value: 5 }],
    [{ code: 'ABC', kind: 'percent', value: 101 }],
    [{ code: 'ABC', kind: 'percent', value: 0 }],
    [{ code: 'ÄBÇ', kind: 'percent', value: 5 }],
    [{ code: '---', kind: 'percent', value: 5 }],
    [{ code: 'A\u2009B', kind: 'percent', value: 5 }],
    [{ code: 'ABC', kind: 'percent', value: 5, redemptions: 9 }],
    [{ code: 'ABC', kind: 'percent', value: 5, validFrom: '2027-01-02T00:00:00Z', validUntil: '2027-01-01T00:00:00Z' }],
  ])('refuse %j', async (body) => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer });
    expect(await desk.send('POST', `/events/${event.id}/promo-codes`, body)).toMatchObject({ status: 400 });
  });
});
