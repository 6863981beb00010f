import { randomUUID } from 'node:crypto';
import { orderAccessToken } from '../../src/access/buyers/order-token.ts';
import { createApp } from '../../src/app.ts';
import type { Service } from '../../src/compose.ts';
import { type Serving, serve } from '../../src/http/server/serve.ts';
import { placeOrder } from '../../src/orders/placement/place-order.ts';
import { type TestEvent, createEvent, someBuyer } from '../factories.ts';
import { type TestService, startTestService } from '../processes/service.ts';
import { type Listener, listen } from './listen.ts';

/** The whole API on a port, as streams need a connection, and an event on sale. */
export type LiveWorld = TestService & {
  readonly url: string;
  readonly event: TestEvent;
  /** Places an order. @returns its id and the header that opens it */
  place(): Promise<{ readonly id: string; readonly headers: { readonly authorization: string } }>;
  listen(path: string, headers?: Readonly<Record<string, string>>): Promise<Listener>;
  readonly server: Serving;
};

export async function startLiveWorld(environment: Record<string, string> = {}): Promise<LiveWorld> {
  const started = await startTestService({ HOLD_JITTER_SECONDS: '0', ...environment });
  const { service } = started;
  const server = await serve(createApp(service), { host: '127.0.0.1', port: 0, reusePort: false });
  const url = `http://127.0.0.1:${server.port}`;
  const event = await createEvent(service.db);
  return {
    ...started,
    url,
    event,
    server,
    place: async () => {
      const { id, token } = await placeTestOrder(service, event);
      return { id, headers: { authorization: `Bearer ${token}` } };
    },
    listen: (path, headers) => listen(`${url}${path}`, headers),
    close: async () => {
      service.live.drain();
      await server.close();
      await started.close();
    },
  };
}

/** Places an order of one ticket. @returns its id and the token that opens it */
export async function placeTestOrder(service: Service, event: TestEvent): Promise<{ id: string; token: string }> {
  const { order } = await placeOrder(
    { ...service, hashSecret: service.config.HASH_SECRET },
    {
      input: {
        eventSlug: event.slug,
        buyer: someBuyer(),
        lines: [{ ticketCategoryId: event.categories[0]?.id ?? '', quantity: 1 }],
        locale: 'en',
      },
      idempotencyKey: `live-order-${randomUUID()}`,
      network: '127.0.0.0/24',
    },
  );
  return { id: order.id, token: orderAccessToken(service.config.ORDER_TOKEN_SECRET, order.id, 1) };
}
