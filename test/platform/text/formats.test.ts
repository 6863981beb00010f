import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCount, formatMoney, formatPrice } from '../../../src/platform/text/format-money.ts';
import {
  formatClock,
  formatClockIn,
  formatDate,
  formatDateTime,
  formatSpan,
  zoneLabel,
} from '../../../src/platform/text/format-time.ts';

/** Guards that one amount and one moment read the same on pages, in mails, on paper and in WhatsApp. */

const plain = (text: string) => text.replace(/\s/gu, ' ');

describe('money', () => {
  test.each([
    ['IDR', 150_000, 'Rp 150.000', 'Rp 150,000'],
    ['IDR', 0, 'Rp 0', 'Rp 0'],
    ['IDR', 9_000_000_000_000, 'Rp 9.000.000.000.000', 'Rp 9,000,000,000,000'],
    ['USD', 1999, 'US$19,99', 'US$19.99'],
    ['USD', 123_456_789, 'US$1.234.567,89', 'US$1,234,567.89'],
    ['SGD', 1050, 'SGD 10,50', 'SGD 10.50'],
    ['MYR', 2500, 'RM 25,00', 'RM 25.00'],
    ['JPY', 1500, 'JP¥1.500', 'JP¥1,500'],
    ['KWD', 1234, 'KWD 1,234', 'KWD 1.234'],
  ])('%s %i', (currency, amount, id, en) => {
    expect(plain(formatMoney({ amount, currency }, 'id'))).toBe(id);
    expect(plain(formatMoney({ amount, currency }, 'en'))).toBe(en);
  });

  test('a price of nothing is free; every other one is its amount', () => {
    expect([
      formatPrice({ amount: 0, currency: 'IDR' }, 'id'),
      formatPrice({ amount: 0, currency: 'USD' }, 'en'),
    ]).toEqual(['Gratis', 'Free']);
    expect(formatPrice({ amount: 1, currency: 'IDR' }, 'id')).toBe(formatMoney({ amount: 1, currency: 'IDR' }, 'id'));
  });

  test('no two currencies of one amount read alike, and the digits are those of the amount', () => {
    const currencies = ['IDR', 'USD', 'SGD', 'MYR', 'JPY', 'KWD'];
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9_000_000_000 }),
        fc.constantFrom('id' as const, 'en' as const),
        (amount, language) => {
          const texts = currencies.map((currency) => formatMoney({ amount, currency }, language));
          expect(new Set(texts).size).toBe(currencies.length);
          for (const text of texts) expect(Number(text.replace(/\D/g, ''))).toBe(amount);
        },
      ),
    );
  });

  test('counts', () => {
    expect(formatCount(12_500, 'id')).toBe('12.500');
    expect(formatCount(12_500, 'en')).toBe('12,500');
  });
});

describe('zones', () => {
  const winter = '2027-01-15T12:00:00Z';
  const summer = '2027-07-15T12:00:00Z';
  test.each([
    ['Asia/Jakarta', 'WIB', 'WIB'],
    ['Asia/Pontianak', 'WIB', 'WIB'],
    ['Asia/Makassar', 'WITA', 'WITA'],
    ['Asia/Ujung_Pandang', 'WITA', 'WITA'],
    ['Asia/Jayapura', 'WIT', 'WIT'],
    ['Asia/Singapore', 'GMT+8', 'GMT+8'],
    ['Asia/Kuala_Lumpur', 'GMT+8', 'GMT+8'],
    ['Asia/Kolkata', 'GMT+5:30', 'GMT+5:30'],
    ['Asia/Kathmandu', 'GMT+5:45', 'GMT+5:45'],
    ['Europe/London', 'GMT', 'BST (GMT+1)'],
    ['Europe/Berlin', 'CET (GMT+1)', 'CEST (GMT+2)'],
    ['America/New_York', 'EST (GMT-5)', 'EDT (GMT-4)'],
    ['Australia/Sydney', 'AEDT (GMT+11)', 'AEST (GMT+10)'],
    ['UTC', 'UTC', 'UTC'],
  ])('%s in January and in July', (zone, january, july) => {
    expect(zoneLabel(winter, zone)).toBe(january);
    expect(zoneLabel(new Date(summer), zone)).toBe(july);
  });

  test('the distance from UTC is what Intl says, in every zone and at every time of the year', () => {
    for (const zone of Intl.supportedValuesOf('timeZone')) {
      for (const month of Array.from({ length: 12 }, (_, at) => at)) {
        const time = new Date(Date.UTC(2027, month, 15, 12, 34, 56));
        const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(
          time,
        );
        const offset = (parts.find(({ type }) => type === 'timeZoneName')?.value ?? '').replace(/^GMT\+0$/, 'GMT');
        const label = zoneLabel(time, zone);
        const told = /GMT[+-][\d:]+/.exec(label)?.[0] ?? (/^WI(B|T|TA)$/.test(label) ? offset : 'GMT');
        expect([zone, month, told]).toEqual([zone, month, offset]);
      }
    }
  });

  test('only Indonesian zones carry Indonesian names, in every zone that Node knows', () => {
    for (const zone of Intl.supportedValuesOf('timeZone')) {
      const label = zoneLabel(summer, zone);
      const isIndonesian = /^Asia\/(Jakarta|Pontianak|Makassar|Ujung_Pandang|Jayapura)$/.test(zone);
      expect(/^WI(B|T|TA)$/.test(label), `${zone} is called ${label}`).toBe(isIndonesian);
      expect(label).toMatch(/^WI(B|T|TA)$|^(GMT|UTC|WET)$|^([A-Z]{3,5} \()?GMT([+-]\d+(:\d\d)?)?\)?$/);
    }
  });
});

describe('times', () => {
  const starts = '2027-03-06T12:30:00Z';
  test.each([
    ['Asia/Jakarta', 'id', 'Sabtu, 6 Maret 2027, 19.30 WIB'],
    ['Asia/Jakarta', 'en', 'Saturday, 6 March 2027, 19:30 WIB'],
    ['Asia/Jayapura', 'en', 'Saturday, 6 March 2027, 21:30 WIT'],
    ['Asia/Singapore', 'id', 'Sabtu, 6 Maret 2027, 20.30 GMT+8'],
    ['Pacific/Auckland', 'en', 'Sunday, 7 March 2027, 01:30 NZDT (GMT+13)'],
    ['America/New_York', 'id', 'Sabtu, 6 Maret 2027, 07.30 EST (GMT-5)'],
  ] as const)('a moment in %s, %s', (zone, language, expected) => {
    expect(plain(formatDateTime(starts, zone, language))).toBe(expected);
    expect(plain(formatDateTime(new Date(starts), zone, language))).toBe(expected);
    expect(expected).toContain(plain(formatClockIn(starts, zone, language)));
  });

  test('the parts of a date, and a clock by itself', () => {
    expect(formatDate(starts, 'Asia/Jakarta', 'id', 'medium')).toBe('Sab, 6 Mar 2027');
    expect(formatDate(starts, 'Asia/Jakarta', 'en', 'weekday')).toBe('Saturday 6 March');
    expect(formatDate(starts, 'Asia/Jakarta', 'id', 'day')).toBe('6');
    expect(formatClock('2027-03-05T17:00:00Z', 'Asia/Jakarta', 'en')).toBe('00:00');
  });

  test.each([
    ['within a day', 'Asia/Jakarta', '2027-03-06T12:30:00Z', '2027-03-06T15:00:00Z', 'id', '19.30–22.00 WIB'],
    [
      'over midnight',
      'Asia/Makassar',
      '2027-03-06T12:30:00Z',
      '2027-03-06T18:00:00Z',
      'en',
      'Sat, 6 Mar 2027, 20:30 – Sun, 7 Mar 2027, 02:00 WITA',
    ],
    // 31 October 2027: London goes from BST to GMT at 01:00 UTC; two in the morning comes twice.
    [
      'over the end of summer time',
      'Europe/London',
      '2027-10-31T00:30:00Z',
      '2027-10-31T01:30:00Z',
      'en',
      '01:30 BST (GMT+1) – 01:30 GMT',
    ],
    [
      'over the end of summer time, in Indonesian',
      'Europe/London',
      '2027-10-30T19:00:00Z',
      '2027-10-31T04:00:00Z',
      'id',
      'Sab, 30 Okt 2027, 20.00 BST (GMT+1) – Min, 31 Okt 2027, 04.00 GMT',
    ],
    // 14 March 2027: New York goes from EST to EDT at 07:00 UTC.
    [
      'over the beginning of summer time',
      'America/New_York',
      '2027-03-14T06:00:00Z',
      '2027-03-14T08:00:00Z',
      'en',
      '01:00 EST (GMT-5) – 04:00 EDT (GMT-4)',
    ],
  ] as const)('a span %s', (_, zone, from, to, language, expected) => {
    expect(plain(formatSpan(from, to, zone, language))).toBe(expected);
  });
});
