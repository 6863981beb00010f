import { check } from 'k6';
import { callApi } from '../lib/client.ts';
import { iteration } from '../lib/data.ts';
import { bearer } from '../lib/prepare.ts';
import type { PreparedSurge } from '../lib/prepare-surge.ts';

/** A confirmed buyer requests a place in the waiting room; the second time the buyer gets the existing place. */
export function join({ roomSlug, buyerTokens }: PreparedSurge): void {
  const number = iteration();
  const reply = callApi({
    route: '/v1/events/{slug}/queue/places',
    path: `/v1/events/${roomSlug}/queue/places`,
    method: 'POST',
    headers: bearer(buyerTokens[number % buyerTokens.length] ?? ''),
    class: 'joins',
    network: number,
  });
  check(reply, { 'a place is given': ({ status }) => status === 201 || status === 200 });
}
