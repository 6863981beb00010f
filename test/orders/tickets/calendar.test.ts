import { assert, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CalendarEntry, type CalendarEvent, eventCalendar } from '../../../src/orders/tickets/calendar.ts';

const orderId = 'ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE';
const event: CalendarEvent = {
  id: 'evt_7K3M9XQ2',
  name: 'Senja di Selatan',
  summary: 'Musik, makanan; \\ dan\nlampu',
  venue: 'Lapangan Selatan',
  address: '',
  city: 'Jakarta',
  startsAt: new Date('2027-03-01T12:00:00Z'),
  endsAt: new Date('2027-03-01T16:30:00Z'),
  status: 'published',
  version: 3,
  createdAt: new Date('2026-12-01T00:00:00Z'),
  publishedAt: new Date('2026-12-24T01:02:03.456Z'),
  postponedAt: null,
};

const calendarOf = (of: CalendarEvent, more: Partial<CalendarEntry> = {}) =>
  eventCalendar({
    event: of,
    order: { id: orderId, locale: 'id' },
    organizer: { name: 'Senja', email: 'halo@senja.example' },
    publicUrl: 'https://antre.example',
    ...more,
  });

/** What a calendar program reads: lines put together again, then the text of one property. */
function valueOf(text: string, name: string): string | undefined {
  const line = text
    .replaceAll('\r\n ', '')
    .split('\r\n')
    .find((candidate) => candidate.startsWith(`${name}:`));
  return line
    ?.slice(name.length + 1)
    .replace(/\\([\\;,nN])/g, (_, escaped: string) => (/n/i.test(escaped) ? '\n' : escaped));
}

describe('the calendar entry', () => {
  test('is an event in UTC with a stable UID and a sequence that rises with the event', () => {
    const text = calendarOf(event);
    expect(text.startsWith('BEGIN:VCALENDAR\r\nVERSION:2.0\r\n')).toBe(true);
    expect(text.endsWith('END:VEVENT\r\nEND:VCALENDAR\r\n')).toBe(true);
    expect(valueOf(text, 'UID')).toBe(`${orderId.toLowerCase()}@antre`);
    expect(valueOf(text, 'DTSTAMP')).toBe('20261224T010203Z');
    expect(valueOf(text, 'DTSTART')).toBe('20270301T120000Z');
    expect(valueOf(text, 'DTEND')).toBe('20270301T163000Z');
    expect(valueOf(text, 'SEQUENCE')).toBe('3');
    expect(valueOf(text, 'SUMMARY')).toBe('Senja di Selatan');
    expect(valueOf(text, 'LOCATION')).toBe('Lapangan Selatan, Jakarta');
    expect(text).toContain('DESCRIPTION:Musik\\, makanan\\; \\\\ dan\\nlampu\\n\\nKode pesanan:');
  });

  test('of a cancelled event removes the event from the calendar', () => {
    const text = calendarOf({ ...event, status: 'cancelled' });
    expect(valueOf(text, 'METHOD')).toBe('CANCEL');
    expect(valueOf(text, 'STATUS')).toBe('CANCELLED');
  });

  test('keeps every text whole, in lines of at most 75 octets that end in CRLF and never split a character', () => {
    const anyText = string({ unit: 'grapheme', minLength: 1, maxLength: 400 });
    assert(
      property(anyText, anyText, (name, summary) => {
        const text = calendarOf({ ...event, name, summary });
        expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
        for (const line of text.split('\r\n')) {
          expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
          expect(line.isWellFormed()).toBe(true);
        }
        const shown = (value: string) => value.replace(/\r\n|\r/g, '\n').replace(/[^\P{Cc}\n]/gu, ' ');
        expect(valueOf(text, 'SUMMARY')).toBe(shown(name));
      }),
    );
  });

  test('a name that looks like a property adds no property', () => {
    const text = calendarOf({ ...event, name: 'X\r\nATTENDEE:mailto:evil@example.test' });
    expect(text.split('\r\n').some((line) => line.startsWith('ATTENDEE'))).toBe(false);
  });

  test('names the order, its page without the secret that opens it, and the organizer', () => {
    const link = `https://antre.example/orders/${orderId}`;
    const text = calendarOf({ ...event, summary: '' }, { order: { id: orderId, locale: 'en' } });
    expect(valueOf(text, 'DESCRIPTION')).toBe(`Order code: 9QX4T-0RBVE\n${link}`);
    expect(valueOf(text, 'URL')).toBe(link);
    expect(valueOf(text, 'ORGANIZER;CN="Senja"')).toBe('mailto:halo@senja.example');
  });

  test('an organizer is named only with an address, and no name leaves its quotes', () => {
    const without = calendarOf(event, { organizer: { name: 'Senja', email: null } });
    expect(without).not.toContain('ORGANIZER');
    const hostile = calendarOf(event, { organizer: { name: 'A"\r\nX:mailto:b^', email: 'halo@senja.example' } });
    expect(hostile.replaceAll('\r\n ', '')).toContain('ORGANIZER;CN="A^\' X:mailto:b^^":mailto:halo@senja.example\r\n');
  });
});
