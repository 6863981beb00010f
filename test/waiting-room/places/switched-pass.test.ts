import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buyerKeys } from '../../../src/orders/placement/keys.ts';
import { signPass } from '../../../src/waiting-room/places/pass.ts';
import { createEvent, someBuyer } from '../../../testkit/factories.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';
import { createDrawnRoom } from '../support/drawn-room.ts';

/** Guards that the operator's switch requires passes as the room itself does: the buyer's own, once. */

let api: TestService;
beforeAll(async () => {
  api = await startTestService();
});
afterAll(() => api.close());

it('while the switch requires passes after the room is over, a pass is valid for its own buyer and one order; then none is needed', async () => {
  const buyer = someBuyer();
  const [emailKey] = buyerKeys(api.service.hashSecret, buyer);
  const event = await createEvent(api.service.db);
  await createDrawnRoom(api.service.db, event, { phase: 'over', frozen: 1, serving: 1, accountKeys: [emailKey] });
  await api.service.db.execute(sql`
    insert into switches (name, event_id, event_slug, is_on, reason, changed_by)
    values ('waiting_room', ${event.id}, ${event.slug}, true, 'a test', 'the tests')`);
  await Promise.all([api.service.rooms.refresh(), api.service.switches.refresh()]);
  const pass = signPass(api.service.queueTokenSecret, {
    eventId: event.id,
    placeIndex: 0,
    accountKey: emailKey,
    expiresAt: Date.now() + 60_000,
  });
  const order = async (of = buyer, withPass: string | undefined = pass) => {
    const response = await api.fetch('/v1/orders', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        ...(withPass === undefined ? {} : { 'queue-pass': withPass }),
      },
      body: JSON.stringify({
        eventSlug: event.slug,
        buyer: of,
        lines: [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }],
      }),
    });
    const { code } = (await response.json()) as { code: string };
    return response.status === 201 ? '201' : `${response.status} ${code}`;
  };
  expect(await order(someBuyer())).toBe('403 queue.pass_invalid');
  expect(await order(buyer)).toBe('201');
  expect(await order(buyer)).toBe('409 queue.pass_spent');
  await api.service.db.execute(
    sql`update switches set until = now() - interval '1 second' where event_id = ${event.id}`,
  );
  await api.service.switches.refresh();
  expect(await order(someBuyer(), undefined)).toBe('201');
});
