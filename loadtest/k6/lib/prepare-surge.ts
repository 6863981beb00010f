import { sleep } from 'k6';
import { mix, paidShare } from '../../bench/surge/mix.ts';
import { at, callForSetup, callSandbox, json, listOf } from './client.ts';
import { mailDomain, type Prepared } from './data.ts';
import { bearer, demand, makeEvent, organizer, prepareRun, signIn, text } from './prepare.ts';
import { settings } from './settings.ts';

/** The shared data of the virtual users of a surge. */
export type PreparedSurge = Prepared & {
  /** The most wanted event first, then others that are on sale, each with its ETag. */
  readonly tags: readonly (readonly [slug: string, etag: string])[];
  readonly roomSlug: string;
  /** Buyers with a confirmed address. After the last one, the first joins again and gets the same place. */
  readonly buyerTokens: readonly string[];
};

const otherEvents = 9;
const buyers = 20;
/** The pre-queue opens this long after it was planned, and processes learn of it a moment later. */
const opensInMs = 1500;
const knownAfterMs = 2500;
const drawInMs = 3_600_000;
const mailWaitsMax = 100;
const mailWaitSeconds = 0.2;

/** Runs once before the load: the event of the journey, others to look at, and a waiting room that takes joins. */
export function prepareSurge(): PreparedSurge {
  const run = Date.now().toString(36);
  const ownerToken = signIn('owner@demo.test');
  const scans = settings.rate * mix['check-ins'].share * (settings.durationSeconds + 1);
  const prepared = prepareRun(run, { ownerToken, scans, payShare: paidShare });
  const roomSlug = makeRoom(`loadtest-${run}-room`, ownerToken);
  const listing = demand(callForSetup({ route: '/v1/events', path: '/v1/events' }), 'the listing of events');
  const others = listOf(listing)
    .map((event) => String(at(event, 'slug')))
    .filter((slug) => slug !== prepared.slug && slug !== roomSlug);
  const slugs = [prepared.slug, ...others.slice(0, otherEvents)];
  const buyerTokens = Array.from({ length: buyers }, (_, number) => confirmedBuyer(run, number));
  sleep((opensInMs + knownAfterMs) / 1000);
  return { ...prepared, roomSlug, buyerTokens, tags: slugs.map((slug) => [slug, etagOf(slug)] as const) };
}

function makeRoom(slug: string, token: string): string {
  const { eventId } = makeEvent(slug, token);
  const time = (ms: number) => new Date(Date.now() + opensInMs + ms).toISOString();
  demand(
    callForSetup({
      route: '/v1/organizers/{slug}/events/{id}/waiting-room',
      path: `${organizer}/events/${eventId}/waiting-room`,
      method: 'PUT',
      headers: bearer(token),
      body: { preQueueOpensAt: time(0), freezesAt: time(drawInMs), opensAt: time(2 * drawInMs), rateMax: 100 },
    }),
    'the waiting room is planned',
  );
  return slug;
}

function etagOf(slug: string): string {
  const reply = demand(callForSetup({ route: '/v1/events/{slug}', path: `/v1/events/${slug}` }), 'an event');
  return reply.headers['Etag'] ?? '';
}

/** A buyer who has typed the code from the mail. */
function confirmedBuyer(run: string, number: number): string {
  const email = `room-${number}.${run}@${mailDomain}`;
  const send = (route: string, body: unknown) => callForSetup({ route, path: route, method: 'POST', body });
  const asked = demand(send('/v1/buyers/verifications', { email }), 'a code was asked for');
  const body = { verificationId: text(asked, 'verificationId'), code: codeFor(email) };
  return text(demand(send('/v1/buyers/confirmations', body), 'the code was confirmed'), 'buyerToken');
}

function codeFor(email: string): string {
  for (let waits = 0; waits < mailWaitsMax; waits += 1) {
    const inbox = callSandbox({ route: '/inbox', path: `/inbox?to=${encodeURIComponent(email)}` });
    const [mail] = listOf(inbox);
    if (mail !== undefined) {
      const whole = callSandbox({ route: '/inbox/{id}', path: `/inbox/${String(at(mail, 'id'))}` });
      const code = /\b\d{3} ?\d{3}\b/.exec(String(at(json(whole), 'text')))?.[0];
      if (code !== undefined) return code;
    }
    sleep(mailWaitSeconds);
  }
  throw new Error(`no code came to ${email}`);
}
