type Locale = 'id' | 'en';

const languages: Readonly<Record<Locale, string>> = { id: 'id-ID', en: 'en-GB' };

/** The zones of Indonesia by the names people use. */
const zoneNames: Readonly<Record<string, string>> = {
  'Asia/Jakarta': 'WIB',
  'Asia/Pontianak': 'WIB',
  'Asia/Makassar': 'WITA',
  'Asia/Jayapura': 'WIT',
};

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: Locale, timeZone: string, kind: 'date' | 'time'): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${kind}`;
  let found = formats.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(languages[locale], {
      timeZone,
      ...(kind === 'date'
        ? { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }
        : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    });
    formats.set(key, found);
  }
  return found;
}

/** `Sabtu, 6 Maret 2027`, in the zone of the event. */
export function eventDate(time: Date, timeZone: string, locale: Locale): string {
  return format(locale, timeZone, 'date').format(time);
}

/** `19.00 WIB`, in the zone of the event. */
export function eventClock(time: Date, timeZone: string, locale: Locale): string {
  return `${format(locale, timeZone, 'time').format(time)} ${zoneNames[timeZone] ?? zoneOffset(time, timeZone)}`;
}

function zoneOffset(time: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'shortOffset' }).formatToParts(time);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? timeZone;
}
