// k6 also reads this file, so it imports nothing of Node.

/**
 * The requests of a million active users, as shares. The gateway sends the callbacks, for two of three orders. Joins to
 * a waiting room come beside the mix and are not part of its rate.
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

/** A public read: its path, and the headers of a reader. */
export type PublicRead = readonly [path: string, headers: Readonly<Record<string, string>>];

const brotli = { 'accept-encoding': 'br' };

/**
 * Public reads in the proportions of people who browse: events and their documents, listings, the page as HTML, the counter
 * of a waiting room. Half of all readers look at the one event that everybody wants.
 *
 * @param tags the ETag of each event by its slug; the first event is the one that everybody wants
 * @param roomSlug an event with a waiting room, if there is one
 */
export function browseRound(tags: ReadonlyMap<string, string>, roomSlug: string | undefined): readonly PublicRead[] {
  const [hot = '', ...others] = tags.keys();
  const documents = (slug: string): PublicRead[] => {
    const path = `/v1/events/${slug}`;
    return [
      [path, brotli],
      [path, { ...brotli, 'if-none-match': tags.get(slug) ?? '' }],
      [`${path}/ticket-categories`, brotli],
      [`${path}/availability`, {}],
      [`${path}/availability`, {}],
      [`${path}/schedule`, brotli],
    ];
  };
  const page: PublicRead = [`/events/${hot}`, { ...brotli, 'accept-language': 'id' }];
  const queue: PublicRead[] = roomSlug === undefined ? [] : [[`/v1/events/${roomSlug}/queue`, {}]];
  const listings: PublicRead[] = [
    ['/v1/events', brotli],
    ['/v1/events?city=Jakarta', brotli],
    ['/v1/events?category=concert', brotli],
  ];
  return others.flatMap((slug) => [...documents(hot), ...documents(slug), ...listings, page, ...queue, ...queue]);
}

/** How soon 99 % of the paid orders must have their tickets. */
export const paidP99MsBelow = 5000;
