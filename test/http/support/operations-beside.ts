import type { Operation } from './odd-values.ts';

const query = (...names: string[]) => names.map((name) => ({ name, in: 'query' }));
const listing = query('city', 'category', 'from', 'to', 'q', 'cursor', 'limit');

/** Operations or parts of them that the contract does not fully describe: the hot writes, callbacks, the listing, and pages. */
export const beside: readonly Operation[] = [
  {
    method: 'POST',
    path: '/v1/orders',
    parameters: [],
    body: {
      eventSlug: '{eventSlug}',
      buyer: { name: 'Ayu Lestari', email: 'ayu@example.test', phone: '081234567890' },
      lines: [{ ticketCategoryId: '{ticketCategoryId}', quantity: 1 }],
      promoCode: 'SENJA',
      locale: 'id',
    },
  },
  {
    method: 'POST',
    path: '/v1/events/{slug}/queue/places',
    parameters: [],
    body: { challenge: 'e30=', insteadOf: 1 },
  },
  { method: 'POST', path: '/v1/events/{slug}/queue/passes', parameters: [], body: { placeToken: 'place.evt' } },
  {
    method: 'POST',
    path: '/v1/callbacks/midtrans/{organizerSlug}',
    parameters: [],
    body: {
      order_id: `pay_${'7'.repeat(28)}01`,
      transaction_id: 'a',
      transaction_status: 'settlement',
      transaction_time: '2026-03-20 19:00:00',
      status_code: '200',
      gross_amount: '150000.00',
      payment_type: 'qris',
      fraud_status: 'accept',
      signature_key: 'a'.repeat(128),
    },
  },
  {
    method: 'GET',
    path: '/v1/callbacks/whatsapp/{senderId}',
    parameters: query('hub.mode', 'hub.verify_token', 'hub.challenge'),
    body: undefined,
  },
  { method: 'GET', path: '/v1/events', parameters: listing, body: undefined },
];
