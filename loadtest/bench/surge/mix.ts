import { type Answer, requestBytes } from '../../generator/connection.ts';

/**
 * What a million active users ask for: shares of all requests. Callbacks are sent by the gateway, for two of three orders.
 * Joins to a waiting room come beside the mix and are not part of its rate.
 */
export const mix = {
  browse: { share: 0.85, said: 'public reads through the edge' },
  orders: { share: 0.06, said: 'orders' },
  callbacks: { share: 0.04, said: 'payment callbacks' },
  status: { share: 0.03, said: 'reads of an order' },
  'check-ins': { share: 0.02, said: 'scans at the door' },
  joins: { share: 0.01, said: 'places in a waiting room, beside the mix' },
} as const;

export type ClassName = keyof typeof mix;
/** The classes that the load generator sends. The gateway sends the callbacks. */
export type SentClass = Exclude<ClassName, 'callbacks'>;

export const sentClasses = ['browse', 'orders', 'status', 'check-ins', 'joins'] as const satisfies readonly SentClass[];
/** Of the orders placed. */
export const paidShare = mix.callbacks.share / mix.orders.share;

const brotli = { 'accept-encoding': 'br' };

/**
 * Public reads in the proportions of people who browse: events and their documents, listings, the page as HTML, the counter
 * of a waiting room.
 *
 * @param tags the ETag of each event by its slug; the first event is the one that everybody wants
 */
export function browseRequests(tags: ReadonlyMap<string, string>, roomSlug: string): () => string {
  const [hot = '', ...others] = tags.keys();
  const documents = (slug: string) => {
    const path = `/v1/events/${slug}`;
    return [
      ['GET', path, brotli],
      ['GET', path, { ...brotli, 'if-none-match': tags.get(slug) ?? '' }],
      ['GET', `${path}/ticket-categories`, brotli],
      ['GET', `${path}/availability`, {}],
      ['GET', `${path}/availability`, {}],
      ['GET', `${path}/schedule`, brotli],
    ] as const;
  };
  const page = ['GET', `/events/${hot}`, { ...brotli, 'accept-language': 'id' }] as const;
  const queue = ['GET', `/v1/events/${roomSlug}/queue`, {}] as const;
  const listings = [
    ['GET', '/v1/events', brotli],
    ['GET', '/v1/events?city=Jakarta', brotli],
    ['GET', '/v1/events?category=concert', brotli],
  ] as const;
  // Half of all look at the one event that everybody wants.
  const round = others.flatMap((slug) => [...documents(hot), ...documents(slug), ...listings, page, queue, queue]);
  const requests = round.map(([method, path, headers]) => requestBytes(method, path, headers));
  let sent = 0;
  return () => {
    sent += 1;
    return requests[sent % requests.length] ?? '';
  };
}

/** Orders that were placed lately, whose buyers look at them again. */
export type PlacedOrders = { add(answer: Answer): void; nextRead(): string };

const rememberedMax = 5000;
const placedPattern = /"id":"(ord_[^"]+)".*"accessToken":"([^"]+)"/s;

export function createPlacedOrders(): PlacedOrders {
  const placed: { id: string; token: string }[] = [];
  let added = 0;
  let reads = 0;
  return {
    add: ({ status, body }) => {
      if (status !== 201) return;
      const [, id, token] = placedPattern.exec(body.toString()) ?? [];
      if (id === undefined || token === undefined) throw new Error('an order was answered without its id or its token');
      placed[added % rememberedMax] = { id, token };
      added += 1;
    },
    nextRead: () => {
      const { id, token } = placed[reads % placed.length] ?? { id: 'ord_none', token: 'none' };
      reads += 1;
      return requestBytes('GET', `/v1/orders/${id}`, { authorization: `Bearer ${token}` });
    },
  };
}
