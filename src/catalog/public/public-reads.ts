import type { RedisClient } from '../../platform/redis-client.ts';
import type { Read, ReadKind, ReadPlace } from '../../http/public-cache/kind.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/database/db.ts';
import { type ReadSource, readFromPrimary } from '../../platform/database/replica.ts';
import { eventNotFound } from '../../access/errors.ts';
import { type ListingFilter, listingNameOf } from './listing-filter.ts';
import type { AvailabilityOf, QueueOf } from '../ports.ts';
import {
  presentAll,
  presentAvailability,
  presentListing,
  presentPublicEvent,
  presentScheduleItem,
  presentTicketCategory,
} from '../present.ts';
import {
  availabilityKind,
  calendarKind,
  eventKind,
  eventTag,
  listingKind,
  listingTag,
  organizerKind,
  queueKind,
  queueTag,
  scheduleKind,
  tagsOfUnknown,
  ticketCategoriesKind,
} from './public-kinds.ts';
import { showProfile } from '../profile/profile.ts';
import {
  type PublicEventRow,
  findPublicEvent,
  listPublicEvents,
  listScheduleItems,
  listTicketCategories,
} from './queries.ts';
import { type CalendarFile, publicCalendar } from './event-calendar.ts';
import { saleTurnsInMs } from './sale-state.ts';
import { createSlugs } from './slugs.ts';

export type PublicReadDeps = {
  readonly db: Db;
  /** The database that documents are rendered from: a replica if there is one. */
  readonly source: ReadSource;
  readonly redis: RedisClient;
  readonly clock: Clock;
  readonly availabilityOf: AvailabilityOf;
  /** Where the pages are, for links in calendar files. */
  readonly publicUrl: string;
  /** Without it no event has a waiting room. */
  readonly queueOf?: QueueOf | undefined;
};

/** The public documents of an event. Each is rendered once per change. */
export type PublicReads = {
  event(slug: string): Read;
  schedule(slug: string): Read;
  ticketCategories(slug: string): Read;
  availability(slug: string): Read;
  /** Who sells: contact, privacy notice and terms. */
  organizer(slug: string): Read;
  calendar(slug: string, file: CalendarFile): Read;
  queue(slug: string): Read;
  listing(filter: ListingFilter): Read;
};

export const listingPath = '/v1/events';

type Render = (db: Db, row: PublicEventRow) => Promise<{ body: unknown; currentForMs?: number } | undefined>;

export function createPublicReads(deps: PublicReadDeps): PublicReads {
  const slugs = createSlugs(deps);
  const { source } = deps;
  const primary = readFromPrimary(deps.db);

  const ofEvent = (slug: string, kind: ReadKind, suffix: string, render: Render, from = source): Read => ({
    key: `${listingPath}/${slug}${suffix}`,
    kind,
    missingTags: tagsOfUnknown(slug),
    missing: eventNotFound,
    locate: () => locateEvent(slugs, slug, suffix === '' ? kind.name : suffix.slice(1)),
    render: async (_place, options) => {
      const eventId = await slugs.eventIdOf(slug);
      if (eventId === undefined) return undefined;
      const rendered = await from.read(options, async (db) => {
        const row = await findPublicEvent(db, eventId);
        return row === undefined ? undefined : render(db, row);
      });
      if (rendered === undefined) slugs.forget(slug);
      return rendered;
    },
  });

  const renderAvailability: Render = async (db, { event }) => {
    const [categories, stock] = await Promise.all([
      listTicketCategories(db, event.id),
      deps.availabilityOf(db, event.id),
    ]);
    return { body: presentAvailability(categories, stock, event.status === 'cancelled') };
  };

  return {
    event: (slug) => ofEvent(slug, eventKind, '', async (_db, row) => ({ body: presentPublicEvent(row) })),
    schedule: (slug) =>
      ofEvent(slug, scheduleKind, '/schedule', async (db, { event }) => ({
        body: presentAll(await listScheduleItems(db, event.id), presentScheduleItem),
      })),
    ticketCategories: (slug) =>
      ofEvent(slug, ticketCategoriesKind, '/ticket-categories', (db, { event }) =>
        renderTicketCategories(db, event, deps.clock.now()),
      ),
    organizer: (slug) =>
      ofEvent(slug, organizerKind, '/organizer', async (db, { event, organizer }) => ({
        body: { ...organizer, ...(await showProfile({ db }, event.organizerId)) },
      })),
    calendar: (slug, file) =>
      ofEvent(slug, calendarKind, `/calendar/${file}`, (db, row) => renderCalendar(db, row, file, deps)),
    // From the primary, because a lagging replica would show sold tickets as available.
    availability: (slug) => ofEvent(slug, availabilityKind, '/availability', renderAvailability, primary),
    queue: (slug) => queueRead(slug, { slugs, db: deps.db, queueOf: deps.queueOf }),
    listing: (filter) => listingRead(filter, { source, clock: deps.clock }),
  };
}

async function locateEvent(slugs: ReturnType<typeof createSlugs>, slug: string, name: string) {
  const eventId = await slugs.eventIdOf(slug);
  if (eventId === undefined) return undefined;
  return { tag: eventTag(eventId), name, surrogateKeys: eventId } satisfies ReadPlace;
}

/** Always from the primary, as availability is. */
function queueRead(
  slug: string,
  { slugs, db, queueOf }: { slugs: ReturnType<typeof createSlugs>; db: Db; queueOf: QueueOf | undefined },
): Read {
  return {
    key: `${listingPath}/${slug}/queue`,
    kind: queueKind,
    missingTags: tagsOfUnknown(slug),
    missing: eventNotFound,
    locate: async () => {
      const eventId = await slugs.eventIdOf(slug);
      if (eventId === undefined) return undefined;
      return { tag: queueTag(eventId), name: queueKind.name, surrogateKeys: eventId };
    },
    render: async () => {
      const eventId = await slugs.eventIdOf(slug);
      return eventId === undefined ? undefined : queueOf?.(db, eventId);
    },
  };
}

/** Valid until the next sale opens or closes, so that the state changes on the second. */
async function renderTicketCategories(db: Db, event: PublicEventRow['event'], now: Date) {
  const categories = await listTicketCategories(db, event.id);
  const turns = categories
    .map((category) => saleTurnsInMs({ ...category, event }, now))
    .filter((milliseconds) => milliseconds !== undefined);
  const body = presentAll(categories, (category) => presentTicketCategory(category, event, now));
  return turns.length === 0 ? { body } : { body, currentForMs: Math.min(...turns) };
}

async function renderCalendar(
  db: Db,
  row: PublicEventRow,
  file: CalendarFile,
  deps: Pick<PublicReadDeps, 'db' | 'clock' | 'publicUrl' | 'queueOf'>,
) {
  const [sales, profile, queue] = await Promise.all([
    listTicketCategories(db, row.event.id),
    showProfile({ db }, row.event.organizerId),
    deps.queueOf?.(deps.db, row.event.id),
  ]);
  const contactEmail = profile.contact.email;
  const facts = { row, sales, room: queue?.body, contactEmail, publicUrl: deps.publicUrl, now: deps.clock.now() };
  const body = publicCalendar(file, facts);
  return body === undefined ? undefined : { body };
}

function listingRead(filter: ListingFilter, { source, clock }: { source: ReadSource; clock: Clock }): Read {
  const name = listingNameOf(filter);
  return {
    key: name,
    kind: listingKind,
    missingTags: [],
    missing: eventNotFound,
    locate: async () => ({ tag: listingTag, name, surrogateKeys: listingTag }),
    render: async (_place, options) => {
      const now = clock.now();
      const rows = await source.read(options, (db) => listPublicEvents(db, filter, now));
      return { body: presentListing(rows, filter.limit) };
    },
  };
}
