import type { TicketsPdfInput } from '../../src/orders/tickets/draw-ticket.ts';

/** An event as tickets on paper show it. */
export const printedEvent: TicketsPdfInput['event'] = {
  name: 'Senja di Selatan',
  venue: 'Lapangan Selatan',
  address: 'Jalan Kenanga 8',
  city: 'Jakarta',
  startsAt: new Date('2027-03-01T12:00:00Z'),
  doorsOpenAt: new Date('2027-03-01T10:00:00Z'),
  timeZone: 'Asia/Jakarta',
  postponedAt: null,
};
