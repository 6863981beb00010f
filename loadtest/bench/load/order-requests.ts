import type { TestEvent } from '../../../testkit/factories.ts';

const networks = 20_000;

/** The contents of one order. */
export type OrderShape = {
  readonly slug: string;
  readonly lines: readonly { readonly ticketCategoryId: string; readonly quantity: number }[];
};

/** One ticket of the event's first category. */
export function oneTicketOf({ slug, categories: [category] }: TestEvent): OrderShape {
  return { slug, lines: [{ ticketCategoryId: category?.id ?? '', quantity: 1 }] };
}

/**
 * Orders of these shapes in turn, each by another buyer and with its own key, from many networks (as reported by a trusted
 * proxy).
 */
export function orderRequests(shapes: readonly OrderShape[]): () => string {
  const bodies = shapes.map(({ slug, lines }) => ({
    slug,
    head: `{"eventSlug":"${slug}","buyer":{"name":"Ayu Lestari","email":"ayu.`,
    tail: `"},"lines":${JSON.stringify(lines)},"locale":"id"}`,
  }));
  const seed = Math.floor(Math.random() * 1e9);
  let made = 0;
  return () => {
    made += 1;
    const { slug, head, tail } = bodies[made % bodies.length] ?? { slug: '', head: '', tail: '' };
    const number = String(seed * 1e6 + made);
    const network = made % networks;
    const body = `${head}${number}@example.test","phone":"+6281${number.padStart(10, '0').slice(-10)}${tail}`;
    // Every character is one byte.
    return `POST /v1/orders HTTP/1.1\r\nhost: localhost\r\nidempotency-key: bench-${number}-0123456789\r\nevent-slug: ${slug}\r\nx-forwarded-for: ${networkAddress(network)}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  };
}

/** An address in one of 65,536 networks. */
export function networkAddress(network: number): string {
  return `10.${network >> 8}.${network & 255}.7`;
}
