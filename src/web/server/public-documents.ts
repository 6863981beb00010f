import type { z } from 'zod';
import type { PublicReadServer } from '../../catalog/index.ts';
import { DomainError } from '../../platform/errors.ts';
import type { publicOrganizerSchema } from '../../catalog/profile/schemas.ts';
import type { Phase } from '../client/queue/queue-view.ts';
import type {
  ListingQuery,
  availabilitySchema,
  listingSchema,
  publicEventSchema,
  publicTicketCategoriesSchema,
  scheduleSchema,
} from '../../catalog/schemas.ts';

/** What the slug of an event or organiser looks like. */
export const slugPattern = /^[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?$/;

export type PublicReads = Pick<PublicReadServer, 'answer' | 'answerListing'>;
export type Listing = z.output<typeof listingSchema>;
export type ListedEvent = Listing['data'][number];
export type PublicEvent = z.output<typeof publicEventSchema>;
export type Organizer = z.output<typeof publicOrganizerSchema>;
export type Schedule = z.output<typeof scheduleSchema>['data'];
export type TicketCategories = z.output<typeof publicTicketCategoriesSchema>['data'];
export type TicketCategory = TicketCategories[number];
export type Availability = z.output<typeof availabilitySchema>['data'];
export type Band = Availability[number]['band'];

/** The parts of a waiting room that a page shows before its script runs. They rarely change. */
export type QueueTimes = {
  readonly phase: Phase;
  readonly preQueueOpensAt: string;
  readonly freezesAt: string;
  readonly opensAt: string;
};

/** The data of an event's page. */
export type EventFacts = {
  readonly event: PublicEvent;
  readonly schedule: Schedule;
  readonly categories: TicketCategories;
  readonly availability: Availability;
  readonly organizer: Organizer;
  /** The event's waiting room, if it has one. */
  readonly room: QueueTimes | undefined;
  /** False in the preview of a draft. */
  readonly isPublic: boolean;
};

/** A public answer that is not parsed yet. Parsing is skipped if this version was rendered before. */
export type Document<Content> = {
  readonly version: string;
  readonly surrogateKeys: string;
  read(): Promise<Content>;
};

/** A request without preferences: the whole answer, uncompressed. */
const ask = () => new Request('http://pages.internal/');

/**
 * Pages show the API's answers: the same bytes from the same cache.
 * @throws DomainError event.not_found, service.unavailable
 */
export async function eventDocuments(reads: PublicReads, slug: string) {
  const [event, schedule, categories, availability, organizer] = await Promise.all([
    eventDocument(reads, slug),
    reads.answer(ask(), (known) => known.schedule(slug)).then(documentOf<{ data: Schedule }>),
    reads.answer(ask(), (known) => known.ticketCategories(slug)).then(documentOf<{ data: TicketCategories }>),
    reads.answer(ask(), (known) => known.availability(slug)).then(documentOf<{ data: Availability }>),
    organizerDocument(reads, slug),
  ]);
  return { event, schedule, categories, availability, organizer };
}

/** @throws DomainError event.not_found, service.unavailable */
export async function eventDocument(reads: PublicReads, slug: string): Promise<Document<PublicEvent>> {
  return documentOf<PublicEvent>(await reads.answer(ask(), (known) => known.event(slug)));
}

/**
 * The organizer's profile.
 * @throws DomainError event.not_found, service.unavailable
 */
export async function organizerDocument(reads: PublicReads, slug: string): Promise<Document<Organizer>> {
  return documentOf<Organizer>(await reads.answer(ask(), (known) => known.organizer(slug)));
}

/**
 * The event's waiting room; undefined if there is none. Its document changes each second, so a page depends on these few
 * parts and not on its version.
 * @throws DomainError service.unavailable
 */
export async function queueTimes(reads: PublicReads, slug: string): Promise<QueueTimes | undefined> {
  try {
    const document = documentOf<QueueTimes>(await reads.answer(ask(), (known) => known.queue(slug)));
    const { phase, preQueueOpensAt, freezesAt, opensAt } = await document.read();
    return { phase, preQueueOpensAt, freezesAt, opensAt };
  } catch (error) {
    if (error instanceof DomainError && error.code === 'event.not_found') return undefined;
    throw error;
  }
}

/** @throws DomainError request.invalid for a cursor that is not ours, service.unavailable */
export async function listingDocument(
  reads: PublicReads,
  query: ListingQuery,
  withCancelled = false,
): Promise<Document<Listing>> {
  return documentOf<Listing>(await reads.answerListing(ask(), query, withCancelled));
}

/** Before every event. */
const everSince = '1970-01-01';

/**
 * An event by which an organiser is known to the public: a coming one, else one that is over or was called off, because its page stays and
 * leads to the organiser. Undefined for organisers without any.
 */
export async function eventOfOrganizer(reads: PublicReads, slug: string): Promise<ListedEvent | undefined> {
  const query = { organizer: slug, limit: 1 };
  const coming = await (await listingDocument(reads, query)).read();
  if (coming.data[0] !== undefined) return coming.data[0];
  return (await (await listingDocument(reads, { ...query, from: everSince }, true)).read()).data[0];
}

function documentOf<Content>(answer: Response): Document<Content> {
  return {
    version: answer.headers.get('etag') ?? '',
    surrogateKeys: answer.headers.get('surrogate-key') ?? '',
    // The catalog rendered the bytes from this schema.
    read: async () => (await answer.json()) as Content,
  };
}
