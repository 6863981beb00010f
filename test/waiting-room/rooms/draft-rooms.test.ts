import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buyerKey } from '../../../src/access/buyers/buyer-key.ts';
import { signBuyerToken } from '../../../src/access/buyers/buyer-token.ts';
import { signPlaceToken } from '../../../src/waiting-room/places/place-token.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { createRoom } from '../../../testkit/waiting-room/places.ts';
import { type TestService, startTestService } from '../../../testkit/processes/service.ts';

/** Guards the catalog's promise at the addresses of the waiting room: the public sees nothing of a draft. */

let api: TestService;
beforeAll(async () => {
  api = await startTestService();
});
afterAll(() => api.close());

const accountKey = () => buyerKey(api.service.config.HASH_SECRET, 'email', 'ayu@pembeli.test');

/** Every public operation of a room, sent to this address: status and code of each answer. */
async function answersAt(slug: string, eventId: string): Promise<string[]> {
  const token = signBuyerToken(api.service.queueTokenSecret, {
    accountKey: accountKey(),
    until: new Date(Date.now() + 60_000),
  });
  const placeToken = signPlaceToken(api.service.queueTokenSecret, { eventId, placeIndex: 0, accountKey: accountKey() });
  const ask = async (path: string, body?: unknown) => {
    const response = await api.fetch(path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const code = /"code":"([^"]+)"/.exec(await response.text())?.[1];
    return `${response.status} ${code ?? ''}`;
  };
  return [
    await ask(`/v1/events/${slug}/queue/places`),
    await ask(`/v1/events/${slug}/queue/challenges`),
    await ask(`/v1/events/${slug}/queue/passes`, { placeToken }),
    await ask('/v1/buyers/verifications', { email: 'ayu@pembeli.test', eventSlug: slug }),
  ];
}

const setStatus = async (event: TestEvent, status: string) => {
  await api.service.db.execute(sql`update events set status = ${status} where id = ${event.id}`);
  await api.service.rooms.refresh();
};

it('the room of a draft answers like one that does not exist, and accepts nobody', async () => {
  const event = await createRoom(api.service.db, { event: await createEvent(api.service.db) });
  await setStatus(event, 'draft');
  expect(await answersAt(event.slug, event.id)).toEqual(await answersAt('no-such-event', event.id));
  const [row] = await api.service.db.execute(sql`select places from waiting_rooms where event_id = ${event.id}`);
  expect(row).toEqual({ places: 0 });

  await setStatus(event, 'published');
  expect((await answersAt(event.slug, event.id))[0]).toMatch(/^201/);
});
