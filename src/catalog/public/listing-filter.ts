import { createHash } from 'node:crypto';

import { decodeCursor } from '../../http/contract/pagination.ts';
import { type Currency, currencyDefault } from '../../platform/text/money.ts';
import type { ListingQuery } from '../schemas.ts';
import { kindKeyOf } from '../kinds.ts';
import { filterKeyOf, searchQueryOf } from '../search/terms.ts';

/** A moment, or a day in each event's own time zone. */
type Since = { readonly time: Date } | { readonly day: string };

/** A listing's filter in canonical form. */
export type ListingFilter = {
  readonly cityKey: string | undefined;
  readonly categoryKey: string | undefined;
  readonly from: Since | undefined;
  readonly to: Since | undefined;
  /** The text of a `tsquery`. */
  readonly search: string | undefined;
  /** The search words, city or category contain no letter, digit or symbol, so no event matches. */
  readonly findsNothing: boolean;
  /** In minor units: an event has a ticket on sale at this price or less. */
  readonly priceMax: number | undefined;
  readonly currency: Currency | undefined;
  readonly organizerSlug: string | undefined;
  /** Also events that were called off after publication. Their pages stay. */
  readonly withCancelled: boolean;
  readonly after: { readonly startsAtMicros: string; readonly id: string } | undefined;
  readonly limit: number;
};

const minuteMs = 60_000;
const dayPattern = /^\d{4}-\d\d-\d\d$/;

/** @throws DomainError request.invalid if the cursor does not belong to this list */
export function listingFilterOf(query: ListingQuery, withCancelled = false): ListingFilter {
  const keys = query.cursor === undefined ? undefined : decodeCursor(query.cursor, ['number', 'id']);
  const [startsAtMicros = '0', id = ''] = keys ?? [];
  const cityKey = query.city === undefined ? undefined : filterKeyOf(query.city);
  const categoryKey = query.category === undefined ? undefined : filterKeyOf(kindKeyOf(query.category));
  const search = query.q === undefined ? undefined : searchQueryOf(query.q);
  return {
    cityKey,
    categoryKey,
    from: sinceOf(query.from),
    to: sinceOf(query.to),
    search,
    findsNothing: cityKey === '' || categoryKey === '' || (query.q !== undefined && search === undefined),
    priceMax: query.priceMax,
    // An amount above nothing means nothing without its currency.
    currency: query.currency ?? ((query.priceMax ?? 0) > 0 ? currencyDefault : undefined),
    organizerSlug: query.organizer,
    withCancelled,
    after: keys === undefined ? undefined : { startsAtMicros, id },
    limit: query.limit,
  };
}

/**
 * The cache key, equal for filters with the same result. Unknown parameters, order, case, accents and spelling of times
 * do not matter.
 */
export function listingNameOf(filter: ListingFilter): string {
  const { after, cityKey, categoryKey, currency, findsNothing, from, limit, organizerSlug, priceMax, search, to } =
    filter;
  if (findsNothing) return 'listing:nothing';
  const parts = [
    cityKey,
    categoryKey,
    from,
    to,
    search,
    after?.startsAtMicros,
    after?.id,
    limit,
    priceMax,
    currency,
    organizerSlug,
    filter.withCancelled,
  ];
  return `listing:${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 27)}`;
}

/** Times are rounded to the minute, so that pages that send their own clock share one listing. */
function sinceOf(text: string | undefined): Since | undefined {
  if (text === undefined) return undefined;
  if (dayPattern.test(text)) return { day: text };
  return { time: new Date(Math.floor(Date.parse(text) / minuteMs) * minuteMs) };
}
