import type { Language } from './language.ts';

/** How money and times read. Server and browser share this file, so it imports nothing that only one of them has. */

type Money = { readonly amount: number; readonly currency: string };
type DateStyle = 'full' | 'medium' | 'day' | 'month' | 'weekday';

const locales: Readonly<Record<Language, string>> = { id: 'id-ID', en: 'en-GB' };
const currenciesWithoutMinorUnit: readonly string[] = ['IDR'];

/** `Rp 150.000`; nothing to pay is a word. */
export function formatMoney({ amount, currency }: Money, language: Language): string {
  const digits = currenciesWithoutMinorUnit.includes(currency) ? 0 : 2;
  return new Intl.NumberFormat(locales[language], {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount / 10 ** digits);
}

/** `12.500` */
export function formatCount(count: number, language: Language): string {
  return new Intl.NumberFormat(locales[language]).format(count);
}

const dateStyles: Readonly<Record<DateStyle, Intl.DateTimeFormatOptions>> = {
  full: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  medium: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  day: { day: 'numeric' },
  month: { month: 'short' },
  weekday: { weekday: 'long', day: 'numeric', month: 'long' },
};

/** The zones of Indonesia by the names people use. */
const zoneNames: Readonly<Record<string, string>> = {
  'Asia/Jakarta': 'WIB',
  'Asia/Pontianak': 'WIB',
  'Asia/Makassar': 'WITA',
  'Asia/Jayapura': 'WIT',
};

const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: Language, timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${timeZone} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locales[language], { timeZone, ...options });
  formats.set(key, made);
  return made;
}

/** `Sabtu, 6 Maret 2027`, in the zone of the event. */
export function formatDate(time: string, timeZone: string, language: Language, style: DateStyle = 'full'): string {
  return format(language, timeZone, dateStyles[style]).format(new Date(time));
}

/** `19.00`, in the zone of the event. */
export function formatClock(time: string, timeZone: string, language: Language): string {
  return format(language, timeZone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(time));
}

/** `WIB`, or what the zone is called elsewhere. */
export function zoneName(time: string, timeZone: string): string {
  const known = zoneNames[timeZone];
  if (known !== undefined) return known;
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'short' }).formatToParts(new Date(time));
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? timeZone;
}

/** From when to when, as short as it can be said: the end's date only when it is another one. */
export function formatSpan(startsAt: string, endsAt: string, timeZone: string, language: Language): string {
  const day = (time: string) => formatDate(time, timeZone, language, 'medium');
  const clock = (time: string) => formatClock(time, timeZone, language);
  const zone = zoneName(startsAt, timeZone);
  if (day(startsAt) === day(endsAt)) return `${clock(startsAt)}–${clock(endsAt)} ${zone}`;
  return `${day(startsAt)}, ${clock(startsAt)} – ${day(endsAt)}, ${clock(endsAt)} ${zone}`;
}
