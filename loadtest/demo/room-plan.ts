import { type Step, type Story, at, call, demoUser, expectThat } from './http.ts';

const organizerPath = '/v1/organizers/demo/events';

/** The shortest times of a room: for joining, and for the public draw. */
const aheadMs = 2500;
const preQueueMs = 11_000;
const drawMs = 41_000;
export const buyersCount = 20;
/** Buyers per second. */
export const rateMax = 4;

export type DemoRoom = { readonly eventId: string; readonly categoryId: string; readonly token: string };

/** The organizer creates an event and plans its waiting room, as at the desk. */
export async function planDemoRoom(story: Story, step: Step): Promise<DemoRoom> {
  const token = await step('the organizer signs in', async () => {
    const reply = await call(`${story.api}/v1/sessions`, { method: 'POST', body: demoUser('owner') });
    expectThat(reply.status < 300, `sign-in answered ${reply.status} ${JSON.stringify(reply.body)}`);
    return String(at(reply.body, 'accessToken'));
  });
  const send = asOrganizer(story, token);
  const { eventId, categoryId } = await step('an event with 100 tickets is on sale', () => createEvent(story, send));
  const room = { eventId, categoryId, token };
  await step('its waiting room is planned: seed hash and beacon round are public', async () => {
    const preQueueOpensAt = Date.now() + aheadMs;
    const freezesAt = preQueueOpensAt + preQueueMs;
    await send('PUT', `${organizerPath}/${eventId}/waiting-room`, {
      preQueueOpensAt: timeOf(preQueueOpensAt),
      freezesAt: timeOf(freezesAt),
      opensAt: timeOf(freezesAt + drawMs),
      rateMax,
      turnSeconds: 120,
    });
    const queue = await call(`${story.api}/v1/events/${story.slug}/queue`);
    expectThat(
      /^[0-9a-f]{64}$/.test(String(at(queue.body, 'draw', 'seedHash'))) &&
        Date.parse(String(at(queue.body, 'draw', 'beaconRoundAt'))) > freezesAt,
      `the draw is not promised: ${JSON.stringify(queue.body)}`,
    );
  });
  return room;
}

/** Deletes the demo's room, so that no abandoned line is left. */
export async function endDemoRoom(story: Story, step: Step, { eventId, token }: DemoRoom): Promise<void> {
  await step('the organizer ends the waiting room; what is left is sold without a line', async () => {
    const ended = await asOrganizer(story, token)('POST', `${organizerPath}/${eventId}/waiting-room/closure`);
    expectThat(at(ended, 'phase') === 'over', `the room is ${String(at(ended, 'phase'))}`);
  });
}

type Send = (method: string, path: string, body?: unknown) => Promise<unknown>;

function asOrganizer(story: Story, token: string): Send {
  return async (method, path, body) => {
    const reply = await call(`${story.api}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body }),
    });
    expectThat(reply.status < 300, `${method} ${path} answered ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
}

async function createEvent(story: Story, send: Send): Promise<{ eventId: string; categoryId: string }> {
  const day = 24 * 3_600_000;
  const startsAt = Date.now() + 7 * day;
  const event = await send('POST', organizerPath, {
    slug: story.slug,
    name: 'Malam Antrean',
    category: 'concert',
    city: 'Jakarta',
    venue: 'Lapangan Selatan',
    startsAt: timeOf(startsAt),
    endsAt: timeOf(startsAt + day / 6),
  });
  const eventId = String(at(event, 'id'));
  const pool = await send('POST', `${organizerPath}/${eventId}/pools`, { name: 'Festival', capacity: 100 });
  const category = await send('POST', `${organizerPath}/${eventId}/ticket-categories`, {
    poolId: String(at(pool, 'id')),
    name: 'Festival',
    price: { amount: 0, currency: 'IDR' },
    saleOpensAt: timeOf(Date.now() - day),
    saleClosesAt: timeOf(startsAt),
  });
  await send('POST', `${organizerPath}/${eventId}/publication`);
  return { eventId, categoryId: String(at(category, 'id')) };
}

const timeOf = (milliseconds: number) => new Date(milliseconds).toISOString();
