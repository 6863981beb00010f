import { type CalendarFileEntry, writeCalendarFile } from '../../platform/text/icalendar.ts';
import { eventIn } from '../event-in.ts';
import { placeLine } from '../../platform/text/place-line.ts';
import { type SaleFacts, saleStateOf } from './sale-state.ts';
import type { RoomTimes } from '../ports.ts';
import type { PublicEventRow } from './queries.ts';

/** The entries for everybody: the event, and the opening of its sale, in each language. */
export const calendarFiles = ['event-id.ics', 'event-en.ics', 'sale-id.ics', 'sale-en.ics'] as const;
export type CalendarFile = (typeof calendarFiles)[number];

const words = {
  id: {
    opening: (name: string) => `Penjualan tiket dibuka: ${name}`,
    line: (name: string) => `Antrean tiket dibuka: ${name}`,
  },
  en: {
    opening: (name: string) => `Ticket sale opens: ${name}`,
    line: (name: string) => `The line for tickets opens: ${name}`,
  },
} as const;
const reminderMinutes = { event: 180, sale: 15 } as const;
const openingMinutes = 15;

/**
 * Whether the entry of an event is to be removed, because the event was called off or has no date. A later date with a higher
 * sequence brings it back.
 */
export const isOffCalendar = ({
  status,
  postponedAt,
}: Pick<PublicEventRow['event'], 'status' | 'postponedAt'>): boolean => status === 'cancelled' || postponedAt !== null;

type Facts = {
  readonly row: PublicEventRow;
  readonly sales: readonly Pick<SaleFacts, 'status' | 'saleOpensAt' | 'saleClosesAt'>[];
  /** Its waiting room, if it has one. */
  readonly room: RoomTimes | undefined;
  readonly contactEmail: string | null;
  readonly publicUrl: string;
  readonly now: Date;
};

/** A calendar file; undefined for the opening of a sale that has no tickets. */
export function publicCalendar(file: CalendarFile, facts: Facts): string | undefined {
  const language = file.endsWith('-en.ics') ? 'en' : 'id';
  const event = eventIn(language, facts.row.event);
  const url = `${facts.publicUrl}/events/${event.slug}`;
  const common = {
    sequence: event.version,
    url,
    organizer: { name: facts.row.organizer.name, email: facts.contactEmail },
    description: [...(event.summary === '' ? [] : [event.summary]), url].join('\n\n'),
  };
  if (file.startsWith('event-')) {
    return writeCalendarFile({
      ...common,
      uid: `${event.id.toLowerCase()}@antre`,
      stamp: event.publishedAt ?? event.createdAt,
      isOff: isOffCalendar(event),
      startsAt: event.startsAt,
      endsAt: event.endsAt,
      summary: event.name,
      place: placeLine(event),
      reminderMinutes: reminderMinutes.event,
    });
  }
  const entry = { ...common, ...openingEntry(event, facts.now) };
  const { room } = facts;
  if (room !== undefined && beforeDraw.has(room.phase)) {
    const [startsAt, endsAt] = [new Date(room.preQueueOpensAt), new Date(room.freezesAt)];
    const place = `${url}/queue`;
    return writeCalendarFile({ ...entry, startsAt, endsAt, place, summary: words[language].line(event.name) });
  }
  const startsAt = nextOpening(facts);
  if (startsAt === undefined) return undefined;
  const endsAt = new Date(startsAt.getTime() + openingMinutes * 60_000);
  return writeCalendarFile({ ...entry, startsAt, endsAt, place: url, summary: words[language].opening(event.name) });
}

/** Phases of a waiting room in which a new place still joins the draw. Places that are taken later stand behind the drawn ones. */
const beforeDraw = new Set(['closed', 'pre_queue']);

/**
 * A sale moves without a new version of the event. Of two entries with the same sequence, calendars take the later stamp (RFC 5546), so
 * this one is stamped when it is made.
 */
function openingEntry(
  event: PublicEventRow['event'],
  now: Date,
): Pick<CalendarFileEntry, 'uid' | 'stamp' | 'isOff' | 'reminderMinutes'> {
  return {
    uid: `${event.id.toLowerCase()}-sale@antre`,
    stamp: now,
    isOff: event.status === 'cancelled',
    reminderMinutes: reminderMinutes.sale,
  };
}

/** The first sale that is still to open; if there is none, the first of all. */
function nextOpening({ row: { event }, sales, now }: Facts): Date | undefined {
  const upcoming = sales.filter((sale) => saleStateOf({ ...sale, event }, now) === 'upcoming');
  return (upcoming.length > 0 ? upcoming : sales)
    .map(({ saleOpensAt }) => saleOpensAt)
    .sort((one, other) => one.getTime() - other.getTime())[0];
}
