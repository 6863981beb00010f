import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { demoEventId } from '../../../drizzle/seed/demo-id.ts';
import { demoOrganizerSlug, demoPassword } from '../../../drizzle/seed/seed-accounts.ts';
import { demoCategoryId } from '../../../drizzle/seed/seed-event.ts';
import { seedDemo } from '../../../drizzle/seed/seed-demo.ts';
import { waitingAccessToken } from '../../../src/access/buyers/waiting-token.ts';
import { newWaitingId } from '../../../src/platform/ids.ts';
import { ticketAccessToken } from '../../../src/access/buyers/ticket-token.ts';
import { createApp } from '../../../src/app.ts';
import { operatorRoutes } from '../../../src/operator-routes.ts';
import { serve } from '../../../src/http/server/serve.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { makeWalletKeys } from '../../orders/wallet-keys.ts';
import { openBrowser } from '../../processes/browser.ts';
import { startTestService } from '../../processes/service.ts';
import { seedDesk } from './seed-desk.ts';
import { seedOperator } from './seed-operator.ts';
import { type TicketKind, codeOf, seedSales } from './seed-sales.ts';

/** Plenty for all pages that one browser opens within a minute. */
const perMinute = '1000000';
/** The password of the operator's pages. */
export const tourOperatorToken = 'test-only-operations-token-0123456789';
export const tourSlug = 'senja-di-selatan';
export const tourQueueSlug = 'gita-semesta';
export const tourEventId = demoEventId(tourSlug);
export const tourQueueEventId = demoEventId(tourQueueSlug);

/** The demo with sales, the whole API on one origin, and a browser. */
export type TourWorld = Awaited<ReturnType<typeof openTourWorld>>;

export type TourApi = (
  method: 'POST' | 'PUT' | 'PATCH',
  path: string,
  body: unknown,
  headers?: Record<string, string>,
) => Promise<Record<string, unknown>>;

export async function openTourWorld() {
  const walletKeys = await makeWalletKeys();
  const running = await startTestService({
    ...walletKeys.config,
    PUBLIC_URL: 'http://127.0.0.1',
    SELF_SIGN_UP: 'true',
    OPERATIONS_TOKEN: tourOperatorToken,
    REQUESTS_PER_MINUTE_PER_NETWORK: perMinute,
    ORDERS_PER_MINUTE_PER_NETWORK: perMinute,
    SIGN_INS_PER_MINUTE_PER_NETWORK: '100000',
    HELD_PER_NETWORK_MAX: '100000',
  });
  const { service } = running;
  await seedDemo({ db: service.db, config: service.config, clock: systemClock });
  await service.db.execute(sql`
    update events set has_waiting_list = true where id in (${demoEventId('wayang-kota-surabaya')}, ${demoEventId('temu-warga-web-bandung')})`);
  const app = createApp(service);
  const server = await serve(app, { host: '127.0.0.1', port: 0, reusePort: false });
  const operatorApp = operatorRoutes(service);
  if (operatorApp === undefined) throw new Error('the operator has no token');
  const operations = await serve(operatorApp, { host: '127.0.0.1', port: 0, reusePort: false });
  const origin = `http://127.0.0.1:${server.port}`;
  const call = apiOf(origin);
  const { accessToken } = await call('POST', '/v1/sessions', { email: 'owner@demo.test', password: demoPassword });
  const asOwner: TourApi = (method, path, body, headers = {}) =>
    call(method, `/v1/organizers/${demoOrganizerSlug}${path}`, body, {
      authorization: `Bearer ${String(accessToken)}`,
      'idempotency-key': randomUUID(),
      ...headers,
    });
  const sold = await seedSales(service.db, (body) =>
    call('POST', '/v1/orders', body, { 'idempotency-key': randomUUID() }),
  );
  const received = await seedTransfer(service, call, sold.paid);
  const waiting = await seedWaiting(service);
  const desk = await seedDesk(service, asOwner);
  const deadLetterId = await seedOperator(service.db);
  const browser = await openBrowser();
  return {
    running,
    browser,
    origin,
    operationsOrigin: `http://127.0.0.1:${operations.port}`,
    /** The addresses that this service has, as patterns such as `/desk/orders/:orderId`. */
    routes: [...app.routes, ...operatorApp.routes.filter(({ path }) => path.startsWith('/operator'))],
    codeOf: (kind: TicketKind) => codeOf(service.db, kind),
    sold,
    /** A ticket that the buyer of the paid order gave to somebody. */
    received,
    /** A place in a waiting list that is not confirmed. */
    waiting,
    desk,
    deadLetterId,
    close: async () => {
      await browser.close();
      await server.close();
      await operations.close();
      await running.close();
      walletKeys.remove();
    },
  };
}

/** Gives the last ticket of an order to somebody, as its buyer does. @returns the link of the new holder */
async function seedTransfer(
  { config }: Awaited<ReturnType<typeof startTestService>>['service'],
  call: TourApi,
  { id, token }: { readonly id: string; readonly token: string },
) {
  const ticketId = `tkt_${id.slice(4)}003`;
  const holder = { name: 'Sekar Ayuningtyas', email: 'sekar@contoh.example' };
  await call('POST', `/v1/orders/${id}/transfers`, { ticketId, holder }, { authorization: `Bearer ${token}` });
  return { id: ticketId, token: ticketAccessToken(config.ORDER_TOKEN_SECRET, ticketId, 1) };
}

async function seedWaiting({ db, config }: Awaited<ReturnType<typeof startTestService>>['service']) {
  const id = newWaitingId(tourEventId);
  await db.execute(sql`
    insert into waiting_entries (event_id, id, ticket_category_id, pool_id, quantity, name, email, email_key, phone, locale, status)
    select event_id, ${id}, id, pool_id, 2, 'Sekar Ayuningtyas', 'sekar@contoh.example', 'none', '+628129000199', 'id', 'unconfirmed'
    from ticket_categories where event_id = ${tourEventId} and id = ${tourCategory('Festival')}`);
  return { id, token: waitingAccessToken(config.ORDER_TOKEN_SECRET, id) };
}

/** @throws if the API refuses, since a tour of faulty data shows nothing */
function apiOf(origin: string): TourApi {
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(`${origin}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
}

export const tourCategory = (name: string) => demoCategoryId(tourSlug, name);
