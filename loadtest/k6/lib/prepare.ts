import { at, callForSetup, callSandbox, json, listOf, type Reply } from './client.ts';
import { buyerOf, idempotencyKey, mailDomain, type Prepared } from './data.ts';
import { rateOf } from './profiles.ts';
import { settings } from './settings.ts';

/** Published in the README. Only the local launcher creates these users. */
const password = 'demo-password-please-change';
export const organizer = '/v1/organizers/demo';

const capacity = 1_000_000;
const hourMs = 3_600_000;
const ticketsPerOrder = 20;
const doorTicketsMax = 2000;
/** Numbers of buyers that no iteration reaches. */
const guestNumbersFrom = 9_000_000;

/** Runs once before the load of a journey. */
export function prepare(): Prepared {
  const scans = settings.scenarios.includes('door') ? rateOf('door') * (settings.durationSeconds + 1) : 0;
  return prepareRun(Date.now().toString(36), { ownerToken: signIn('owner@demo.test'), scans, payShare: 1 });
}

/**
 * Creates an event of its own with open doors, so that runs do not use up each other's stock, tells the sandbox which share
 * of this run's buyers pay by themselves, and gets free tickets for the door.
 */
export function prepareRun(
  run: string,
  { ownerToken, scans, payShare }: { ownerToken: string; scans: number; payShare: number },
): Prepared {
  const event = makeEvent(`loadtest-${run}`, ownerToken);
  const rule = {
    match: { customerEmail: `*.${run}@${mailDomain}` },
    autoPay: { afterMs: settings.payAfterMs, method: 'qris', probability: payShare },
  };
  demand(
    callSandbox({ route: '/control/scenarios', path: '/control/scenarios', method: 'POST', body: rule }),
    'the sandbox took the rule',
  );
  const doorToken = signIn('staff@demo.test');
  return { run, ...event, doorToken, ticketCodes: doorTickets(run, event, scans) };
}

export type MadeEvent = {
  readonly eventId: string;
  readonly slug: string;
  readonly categoryId: string;
  readonly guestCategoryId: string;
};

/** An event with a million places whose doors are open. */
export function makeEvent(slug: string, token: string): MadeEvent {
  const now = Date.now();
  const time = (hours: number) => new Date(now + hours * hourMs).toISOString();
  const post = (route: string, path: string, body?: unknown) =>
    demand(
      callForSetup({
        route: `/v1/organizers/{slug}${route}`,
        path: `${organizer}${path}`,
        method: 'POST',
        headers: bearer(token),
        body,
      }),
      `POST ${route}`,
    );
  const eventId = text(
    post('/events', '/events', {
      slug,
      name: `Load test ${slug}`,
      category: 'concert',
      city: 'Jakarta',
      venue: 'Loopback',
      ticketsPerOrderMax: ticketsPerOrder,
      doorsOpenAt: time(-1),
      startsAt: time(1),
      endsAt: time(24),
    }),
    'id',
  );
  const at = `/events/${eventId}`;
  const poolId = text(post('/events/{id}/pools', `${at}/pools`, { name: 'Floor', capacity }), 'id');
  const category = (name: string, rupiah: number) =>
    text(
      post('/events/{id}/ticket-categories', `${at}/ticket-categories`, {
        poolId,
        name,
        price: { amount: rupiah, currency: 'IDR' },
        saleOpensAt: time(-1),
        saleClosesAt: time(23),
        perOrderMax: ticketsPerOrder,
      }),
      'id',
    );
  const made = { eventId, slug, categoryId: category('Floor', 150_000), guestCategoryId: category('Guests', 0) };
  post('/events/{id}/publication', `${at}/publication`);
  return made;
}

/** As many free tickets as the door will scan, up to a bound. After that the door scans them again. */
function doorTickets(run: string, event: MadeEvent, scans: number): string[] {
  const wanted = Math.min(doorTicketsMax, Math.ceil(scans));
  const codes: string[] = [];
  for (let number = guestNumbersFrom; codes.length < wanted; number += 1) {
    const placed = demand(
      callForSetup({
        route: '/v1/orders',
        path: '/v1/orders',
        method: 'POST',
        headers: { 'idempotency-key': idempotencyKey(run, number) },
        body: {
          eventSlug: event.slug,
          buyer: buyerOf(run, number),
          lines: [{ ticketCategoryId: event.guestCategoryId, quantity: ticketsPerOrder }],
        },
        network: number,
      }),
      'a free order for the door',
    );
    const tickets = demand(
      callForSetup({
        route: '/v1/orders/{id}/tickets',
        path: `/v1/orders/${text(placed, 'id')}/tickets`,
        headers: bearer(text(placed, 'accessToken')),
        network: number,
      }),
      'the tickets of a free order',
    );
    const got = listOf(tickets).map((ticket) => String(at(ticket, 'code')));
    if (got.length === 0) throw new Error('a free order has no tickets');
    codes.push(...got);
  }
  return codes;
}

export function signIn(email: string): string {
  const reply = callForSetup({
    route: '/v1/sessions',
    path: '/v1/sessions',
    method: 'POST',
    body: { email, password },
  });
  return text(demand(reply, `sign-in of ${email} (is the demo data there?)`), 'accessToken');
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** @throws if the answer is not a success: without its preparation a run says nothing */
export function demand(reply: Reply, what: string): Reply {
  if (reply.status >= 200 && reply.status < 300) return reply;
  throw new Error(`${what}: answered ${reply.status} ${reply.body} ${reply.error}`);
}

export function text(reply: Reply, name: string): string {
  const value = at(json(reply), name);
  if (typeof value !== 'string') throw new Error(`the answer has no ${name}: ${reply.body}`);
  return value;
}
