import { readKind } from '../../http/public-cache/kind.ts';
import { publicOrganizerSchema } from '../profile/schemas.ts';
import { listingSchema, publicEventSchema, publicTicketCategoriesSchema, scheduleSchema } from '../schemas.ts';

/**
 * The public documents. Changes are pushed. The lifetimes apply when a push is lost, and to browsers. Availability changes
 * with every order and is never pushed: it lives for one second. A sold-out category must not be shown as available for
 * longer than five seconds: one here, up to three at our edge, and one at a CDN, which may not extend it.
 */
const document = { ttlMs: 20_000, staleWhileRevalidateSeconds: 10, staleIfErrorSeconds: 300 };

export const eventKind = readKind({ name: 'event', schema: publicEventSchema, ...document, buildsMax: 3 });
export const scheduleKind = readKind({ name: 'schedule', schema: scheduleSchema, ...document, buildsMax: 2 });
export const ticketCategoriesKind = readKind({
  name: 'ticket-categories',
  schema: publicTicketCategoriesSchema,
  ...document,
  buildsMax: 3,
});
export const organizerKind = readKind({ name: 'organizer', schema: publicOrganizerSchema, ...document, buildsMax: 2 });
export const calendarKind = readKind({
  name: 'calendar',
  type: 'text/calendar; charset=utf-8',
  ...document,
  buildsMax: 2,
});
export const availabilityKind = readKind({
  name: 'availability',
  ttlMs: 1000,
  staleWhileRevalidateSeconds: 0,
  staleIfErrorSeconds: 60,
  buildsMax: 3,
});
/**
 * The document that all waiting buyers read. It names the time of its numbers, so it may be sent a little longer. Phase
 * and rate are pushed.
 */
export const queueKind = readKind({
  name: 'queue',
  ttlMs: 1000,
  staleWhileRevalidateSeconds: 5,
  staleIfErrorSeconds: 60,
  buildsMax: 3,
});
/** A hundred listings of two hundred events. */
const sharedListingBytesMax = 16 * 1024 * 1024;
/** Anyone can invent new listings, so they get few of the pool's connections, and a bounded part of Redis. */
export const listingKind = readKind({
  name: 'listing',
  schema: listingSchema,
  ttlMs: 15_000,
  staleWhileRevalidateSeconds: 15,
  staleIfErrorSeconds: 300,
  buildsMax: 2,
  sharedBytesMax: sharedListingBytesMax,
});

/** The tag of all listings: any change of a public event may add it to one or remove it. */
export const listingTag = 'events';
export const eventTag = (eventId: string) => `evt:${eventId}`;
/** The tag of the queue document, which changes each second while the event's other documents do not. */
export const queueTag = (eventId: string) => `queue:${eventId}`;
const slugTag = (slug: string) => `slug:${slug}`;

/** The tags that a change of this event makes outdated. */
export function tagsOf(event: { id: string; slug: string }): string[] {
  return [eventTag(event.id), slugTag(event.slug), listingTag];
}

/** The tags of a slug that does not exist yet. */
export const tagsOfUnknown = (slug: string) => [slugTag(slug)];

/** The surrogate keys at CDNs that a change of this event makes outdated. */
export function surrogateKeysOf(event: { id: string }): string[] {
  return [event.id, listingTag];
}
