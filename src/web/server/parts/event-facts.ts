import { html, raw } from 'hono/html';
import { placeLine } from '../../../platform/text/place-line.ts';
import { minorDigits } from '../../../platform/text/format-money.ts';
import type { Language } from '../../i18n/language.ts';
import type { Html } from '../layout.ts';
import type { EventFacts, ListedEvent } from '../public-documents.ts';

const availabilities = { open: 'InStock', upcoming: 'PreOrder', sold_out: 'SoldOut', over: 'SoldOut' } as const;

/**
 * The event for search engines, as JSON-LD of schema.org. It is a block of data, which the page's policy does not run. `<` is written as
 * an escape, so that no text can end the block.
 * @param at.pageUrl the page's canonical address
 * @param at.cardUrl its picture if the event has no photo
 */
export function eventJsonLd(
  { event, categories, availability }: EventFacts,
  { pageUrl, cardUrl, publicUrl }: { readonly pageUrl: string; readonly cardUrl: string; readonly publicUrl: string },
): Html {
  const bands = new Map(availability.map(({ ticketCategoryId, band }) => [ticketCategoryId, band]));
  const facts = {
    '@context': 'https://schema.org',
    '@type': 'Event',
    name: event.name,
    description: event.summary === '' ? event.name : event.summary,
    startDate: event.startsAt,
    endDate: event.endsAt,
    ...(event.isPostponed ? {} : { doorTime: event.doorsOpenAt }),
    eventStatus: `https://schema.org/${event.status === 'cancelled' ? 'EventCancelled' : event.isPostponed ? 'EventPostponed' : 'EventScheduled'}`,
    eventAttendanceMode: 'https://schema.org/OfflineEventAttendanceMode',
    location: {
      '@type': 'Place',
      name: event.venue,
      address: {
        '@type': 'PostalAddress',
        ...(event.address === '' ? {} : { streetAddress: event.address }),
        addressLocality: event.city,
        addressCountry: event.country,
      },
    },
    organizer: { '@type': 'Organization', name: event.organizer.name },
    image: [event.picture === null ? cardUrl : `${publicUrl}${event.picture.path}/large.jpg`],
    url: pageUrl,
    offers: categories.map(({ id, name, price, saleOpensAt, saleClosesAt, saleState }) => ({
      '@type': 'Offer',
      name,
      price: price.amount / 10 ** minorDigits(price.currency),
      priceCurrency: price.currency,
      validFrom: saleOpensAt,
      validThrough: saleClosesAt,
      availability: `https://schema.org/${availabilities[saleState === 'closed' ? 'over' : saleState === 'open' && bands.get(id) === 'none' ? 'sold_out' : saleState]}`,
      url: pageUrl,
    })),
  };
  return html`<script type="application/ld+json">${raw(JSON.stringify(facts).replaceAll('<', '\\u003c'))}</script>`;
}

/** A postponed event has the times from before. One that was called off keeps the date that people know. */
export const hasNoDate = ({ status, isPostponed }: Pick<ListedEvent, 'status' | 'isPostponed'>) =>
  status === 'published' && isPostponed;

/**
 * The target of a link to another page or file of the event. Those answer 404 before the event is published, so the preview of a draft has
 * links without a target.
 */
export const hrefIn = ({ isPublic }: Pick<EventFacts, 'isPublic'>, href: string): Html =>
  isPublic ? html`href="${href}"` : html`role="link" aria-disabled="true"`;

/** The place on a map. The map is not contacted before the reader follows the link. */
export function mapLink(event: Pick<EventFacts['event'], 'venue' | 'address' | 'city'>): string {
  return `https://www.google.com/maps/search/?${new URLSearchParams({ api: '1', query: placeLine(event) }).toString()}`;
}

/** The calendar file of the event, or of the opening of its sale. Without the attribute `download`, phones offer to add it. */
export function calendarLink({ slug }: Pick<ListedEvent, 'slug'>, entry: 'event' | 'sale', language: Language): string {
  return `/v1/events/${slug}/calendar/${entry}-${language}.ics`;
}
