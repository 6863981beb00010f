import { formatDateTime } from '../platform/text/format-time.ts';
import { noDate } from '../platform/text/no-date.ts';
import type { events } from './tables.ts';

/** What tickets, wallet passes and messages show of an event. The name is in the reader's language. */
export type ShownEvent = Readonly<
  Pick<
    typeof events.$inferSelect,
    | 'name'
    | 'venue'
    | 'address'
    | 'city'
    | 'timeZone'
    | 'startsAt'
    | 'endsAt'
    | 'doorsOpenAt'
    | 'status'
    // A postponed event has no date: its times are those from before.
    | 'postponedAt'
  >
>;

/** Whether the event takes place at a time that is not known yet. */
export const isWithoutDate = ({ status, postponedAt }: Pick<ShownEvent, 'status' | 'postponedAt'>): boolean =>
  status !== 'cancelled' && postponedAt !== null;

/** When the event starts. */
export const startText = (
  event: Pick<ShownEvent, 'startsAt' | 'timeZone' | 'status' | 'postponedAt'>,
  locale: 'id' | 'en',
): string => (isWithoutDate(event) ? noDate[locale] : formatDateTime(event.startsAt, event.timeZone, locale));
