/**
 * Dates and times as people read them. Nothing else in the product formats them. Server and browser share this file, so
 * it imports nothing. Every function takes a time zone: the event's, wherever there is an event.
 */

type Language = 'id' | 'en';
type DateStyle = 'full' | 'medium' | 'day' | 'month' | 'weekday';
/** A moment, as a Date or as RFC 3339. */
type Moment = Date | string;

const locales: Readonly<Record<Language, string>> = { id: 'id-ID', en: 'en-GB' };

const dateStyles: Readonly<Record<DateStyle, Intl.DateTimeFormatOptions>> = {
  full: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  medium: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  day: { day: 'numeric' },
  month: { month: 'short' },
  weekday: { weekday: 'long', day: 'numeric', month: 'long' },
};
const clockStyle: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const minuteStyle: Intl.DateTimeFormatOptions = { ...clockStyle, year: 'numeric', month: 'numeric', day: 'numeric' };
const minuteMs = 60_000;

/** Indonesians use these names in both languages; Intl has them only in Indonesian. */
const indonesianZones: Readonly<Record<string, string>> = {
  'Asia/Jakarta': 'WIB',
  'Asia/Pontianak': 'WIB',
  'Asia/Makassar': 'WITA',
  'Asia/Ujung_Pandang': 'WITA',
  'Asia/Jayapura': 'WIT',
};
/** English as used in these places; each locale knows abbreviations that the others do not. */
const zoneLocales = ['en-GB', 'en-US', 'en-AU'];

/** Making a format costs far more than using it. Zones come from organizers, so their number is bounded here. */
const formats = new Map<string, Intl.DateTimeFormat>();
const formatsMax = 2000;

function formatOf(
  locale: string,
  timeZone: string,
  name: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${name}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  if (formats.size >= formatsMax) formats.clear();
  const made = new Intl.DateTimeFormat(locale, { timeZone, ...options });
  formats.set(key, made);
  return made;
}

const dateOf = (time: Moment): Date => (time instanceof Date ? time : new Date(time));

/** `Sabtu, 6 Maret 2027` */
export function formatDate(time: Moment, timeZone: string, language: Language, style: DateStyle = 'full'): string {
  return formatOf(locales[language], timeZone, style, dateStyles[style]).format(dateOf(time));
}

/** `19.00`, for places that show the zone beside it. */
export function formatClock(time: Moment, timeZone: string, language: Language): string {
  return formatOf(locales[language], timeZone, 'clock', clockStyle).format(dateOf(time));
}

/** `19.00.07`, for moments that lie between two minutes. */
export function formatSeconds(time: Moment, timeZone: string, language: Language): string {
  const options: Intl.DateTimeFormatOptions = { ...clockStyle, second: '2-digit' };
  return formatOf(locales[language], timeZone, 'seconds', options).format(dateOf(time));
}

function shortName(time: Date, timeZone: string, locale: string): string {
  const parts = formatOf(locale, timeZone, 'short', { timeZoneName: 'short' }).formatToParts(time);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? timeZone;
}

/** `GMT+5:30`. It is computed, because browsers from before 2022 throw for the style `shortOffset`. */
function offsetName(time: Date, timeZone: string): string {
  const parts = formatOf('en-GB', timeZone, 'minute', minuteStyle).formatToParts(time);
  const partOf = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(partOf('year'), partOf('month') - 1, partOf('day'), partOf('hour'), partOf('minute'));
  const minutes = local / minuteMs - Math.floor(time.getTime() / minuteMs);
  if (minutes === 0) return 'GMT';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `GMT${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

/**
 * The name of a zone at this moment, equal in both languages: `WIB`, or `GMT+8`. Where people use an abbreviation that
 * several zones share, the offset is added: `CEST (GMT+2)`.
 */
export function zoneLabel(time: Moment, timeZone: string): string {
  const indonesian = indonesianZones[timeZone];
  if (indonesian !== undefined) return indonesian;
  const at = dateOf(time);
  const offset = offsetName(at, timeZone);
  const name = zoneLocales.map((locale) => shortName(at, timeZone, locale)).find((found) => /^[A-Z]{3,5}$/.test(found));
  if (name === undefined) return offset;
  return offset === 'GMT' ? name : `${name} (${offset})`;
}

/** `19.00 WIB` */
export function formatClockIn(time: Moment, timeZone: string, language: Language): string {
  return `${formatClock(time, timeZone, language)} ${zoneLabel(time, timeZone)}`;
}

/** `Sabtu, 6 Maret 2027, 19.00 WIB` */
export function formatDateTime(time: Moment, timeZone: string, language: Language, style: DateStyle = 'full'): string {
  return `${formatDate(time, timeZone, language, style)}, ${formatClockIn(time, timeZone, language)}`;
}

/**
 * From start to end, as short as possible: the end's date only if it differs, and the zone once unless the clocks
 * change in between.
 */
export function formatSpan(startsAt: Moment, endsAt: Moment, timeZone: string, language: Language): string {
  const day = (time: Moment) => formatDate(time, timeZone, language, 'medium');
  const endZone = zoneLabel(endsAt, timeZone);
  const isOneZone = zoneLabel(startsAt, timeZone) === endZone;
  const start = isOneZone ? formatClock(startsAt, timeZone, language) : formatClockIn(startsAt, timeZone, language);
  const end = `${formatClock(endsAt, timeZone, language)} ${endZone}`;
  if (day(startsAt) !== day(endsAt)) return `${day(startsAt)}, ${start} – ${day(endsAt)}, ${end}`;
  return isOneZone ? `${start}–${end}` : `${start} – ${end}`;
}
