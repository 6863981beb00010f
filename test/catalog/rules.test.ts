import { expect, test } from 'vitest';
import { availabilityBandOf } from '../../src/catalog/public/availability-band.ts';
import { missingForPublication } from '../../src/catalog/events/publication.ts';
import { type SaleFacts, saleStateOf, saleTurnsInMs } from '../../src/catalog/public/sale-state.ts';

const at = (time: string) => new Date(`2026-11-20T${time}Z`);
const category: SaleFacts = {
  status: 'on_sale',
  saleOpensAt: at('10:00:00'),
  saleClosesAt: at('12:00:00'),
  event: { status: 'published', sales: 'open' },
};

test('a sale is open from its first second until its last', () => {
  expect(saleStateOf(category, at('09:59:59.999'))).toBe('upcoming');
  expect(saleStateOf(category, at('10:00:00'))).toBe('open');
  expect(saleStateOf(category, at('11:59:59.999'))).toBe('open');
  expect(saleStateOf(category, at('12:00:00'))).toBe('closed');
  expect(saleTurnsInMs(category, at('09:59:59'))).toBe(1000);
  expect(saleTurnsInMs(category, at('11:59:59'))).toBe(1000);
  expect(saleTurnsInMs(category, at('12:00:00'))).toBeUndefined();
});

test('a closed category, closed sales and an event that is not public are closed at any time', () => {
  for (const facts of [
    { ...category, status: 'closed' as const },
    { ...category, event: { status: 'published' as const, sales: 'closed' as const } },
    { ...category, event: { status: 'cancelled' as const, sales: 'open' as const } },
    { ...category, event: { status: 'draft' as const, sales: 'open' as const } },
  ]) {
    expect(saleStateOf(facts, at('11:00:00'))).toBe('closed');
    expect(saleTurnsInMs(facts, at('11:00:00'))).toBeUndefined();
  }
});

test.each([
  [0, 100, 'none'],
  [-1, 100, 'none'],
  [0, 0, 'none'],
  [1, 100, 'last'],
  [9, 100, 'last'],
  [10, 100, 'few'],
  [14, 100, 'few'],
  [15, 100, 'many'],
  [100, 100, 'many'],
  [199, 10_000, 'last'],
  [200, 10_000, 'few'],
  [1499, 10_000, 'few'],
  [1500, 10_000, 'many'],
])('%i of %i is %s', (available, capacity, band) => {
  expect(availabilityBandOf({ available, capacity })).toBe(band);
});

test('names everything that is missing at once', () => {
  const times = { startsAt: at('18:00:00'), endsAt: at('17:00:00'), doorsOpenAt: at('19:00:00') };
  const event = { ...times, ticketsPerOrderMax: 10, ticketsPerBuyerMax: null };
  expect(missingForPublication(event, [], []).map(({ code }) => code)).toEqual([
    'event.times',
    'event.doors',
    'ticket_category.none',
  ]);
});
