import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEvent, createPromoCode, someBuyer } from '../../../testkit/factories.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/**
 * The price that a page shows before ordering must be the price of the order, and quotes must not help to guess codes.
 */
describe('a quote', () => {
  let running: TestService;
  beforeAll(async () => {
    running = await startTestService();
  });
  afterAll(() => running?.close());

  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    running.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const anEvent = () =>
    createEvent(running.service.db, {
      event: { feePerTicket: 7500 },
      categories: [{ price: 149_999 }, { price: 0 }, { price: 35_000 }],
    });

  test('is what the order then costs, for tickets with and without a price and every kind of code', async () => {
    const event = await anEvent();
    const db = running.service.db;
    await createPromoCode(db, event, { code: 'TENTH', kind: 'percent', value: 13 });
    await createPromoCode(db, event, { code: 'OFF', kind: 'amount', value: 50_000 });
    await createPromoCode(db, event, { code: 'ALL', kind: 'percent', value: 100 });
    for (const promoCode of [undefined, 'tenth', ' off ', 'all']) {
      for (const quantities of [[1], [0, 2], [2, 1, 3], [0, 1, 1]]) {
        const lines = quantities.flatMap((quantity, at) =>
          quantity === 0 ? [] : [{ ticketCategoryId: event.categories[at]?.id, quantity }],
        );
        const ordered = { lines, ...(promoCode === undefined ? {} : { promoCode }) };
        const quoted = await post(`/v1/events/${event.slug}/quotes`, ordered);
        expect(quoted.status).toBe(200);
        const quote = (await quoted.json()) as Record<string, unknown>;
        const placed = await post(
          '/v1/orders',
          { eventSlug: event.slug, buyer: someBuyer(), ...ordered },
          { 'idempotency-key': crypto.randomUUID() },
        );
        expect(placed.status).toBe(201);
        expect(await placed.json()).toMatchObject(quote);
      }
    }
  });

  test('holds nothing', async () => {
    const event = await anEvent();
    await post(`/v1/events/${event.slug}/quotes`, {
      lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 2 }],
    });
    const [stock] = await running.service.db.execute(
      `select sum(held)::int as held, sum(capacity - available)::int as taken from stock where event_id = '${event.id}'`,
    );
    expect(stock).toEqual({ held: 0, taken: 0 });
  });

  test('says only whether a code is valid now, and counts towards the limit of guesses', async () => {
    const event = await anEvent();
    const db = running.service.db;
    await createPromoCode(db, event, { code: 'RIGHT' });
    await createPromoCode(db, event, { code: 'SPENT', redemptions: 1, redemptionsMax: 1 });
    await createPromoCode(db, event, { code: 'LATER', validFrom: new Date(Date.now() + 3_600_000) });
    await createPromoCode(db, event, { code: 'PAST', validUntil: new Date(Date.now() - 3_600_000) });
    await createPromoCode(db, event, { code: 'SHUT', status: 'closed' });
    await createPromoCode(db, await anEvent(), { code: 'OTHER' });
    const lines = [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }];
    const told = async (promoCode: string) => {
      const response = await post(`/v1/events/${event.slug}/quotes`, { lines, promoCode });
      const { requestId: _, ...body } = (await response.json()) as Record<string, unknown>;
      return { status: response.status, body };
    };
    const unknown = await told('NONE');
    expect(unknown).toMatchObject({ status: 409, body: { code: 'promo.invalid' } });
    for (const code of ['SPENT', 'LATER', 'PAST', 'SHUT', 'OTHER', '💥']) expect(await told(code)).toEqual(unknown);
    expect(await told('RIGHT')).toMatchObject({ status: 200 });
    let guesses = 0;
    for (; (await told(`GUESS${guesses}`)).status === 409; guesses += 1);
    expect(guesses).toBeLessThanOrEqual(30);
    expect(await told('RIGHT')).toMatchObject({ status: 429, body: { code: 'promo.limited' } });
    const order = await post(
      '/v1/orders',
      { eventSlug: event.slug, buyer: someBuyer(), lines, promoCode: 'RIGHT' },
      { 'idempotency-key': crypto.randomUUID() },
    );
    expect(order.status).toBe(429);
  });

  test('answers for drafts, unknown events and categories of other events as for what does not exist', async () => {
    const event = await anEvent();
    const other = await anEvent();
    const draft = await createEvent(running.service.db, { event: { status: 'draft' } });
    const of = async (slug: string, ticketCategoryId: string | undefined) => {
      const response = await post(`/v1/events/${slug}/quotes`, { lines: [{ ticketCategoryId, quantity: 1 }] });
      return [response.status, ((await response.json()) as { code: string }).code];
    };
    expect(await of(draft.slug, draft.categories[0]?.id)).toEqual([404, 'event.not_found']);
    expect(await of('no-such-event', event.categories[0]?.id)).toEqual([404, 'event.not_found']);
    expect(await of(event.slug, other.categories[0]?.id)).toEqual([400, 'order.category_unknown']);
  });
});
