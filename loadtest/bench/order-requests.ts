import type { TestEvent } from '../../test/support/factories.ts';
import { requestBytes } from '../generator/connection.ts';

const networks = 20_000;

/** Orders of one ticket each, every one by another buyer, from many networks (as a trusted proxy reports them). */
export function orderRequests(event: TestEvent): () => string {
  const categoryId = event.categories[0]?.id ?? '';
  const seed = Math.floor(Math.random() * 1e9);
  let made = 0;
  return () => {
    made += 1;
    const number = seed * 1e6 + made;
    const network = made % networks;
    return requestBytes(
      'POST',
      '/v1/orders',
      {
        'idempotency-key': `bench-${number}-0123456789`,
        'x-forwarded-for': `10.${network >> 8}.${network & 255}.7`,
      },
      JSON.stringify({
        eventSlug: event.slug,
        buyer: { name: 'Ayu Lestari', email: `ayu.${number}@example.test`, phone: `+628${String(number).slice(-11)}` },
        lines: [{ ticketCategoryId: categoryId, quantity: 1 }],
        locale: 'id',
      }),
    );
  };
}
