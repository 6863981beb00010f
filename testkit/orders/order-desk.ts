import { type Wallets, walletRoutes } from '../../src/orders/wallet/routes.ts';
import { OpenAPIHono } from '@hono/zod-openapi';
import { sql } from 'drizzle-orm';
import { createActors } from '../../src/access/actors.ts';
import { createApiKey } from '../../src/access/credentials/create-api-key.ts';
import { keyScopes } from '../../src/access/credentials/key-scopes.ts';
import { orderAccessToken } from '../../src/access/buyers/order-token.ts';
import { handleError } from '../../src/http/problem.ts';
import { requestContext } from '../../src/http/request-context.ts';
import type { AppEnv } from '../../src/http/contract/router.ts';
import { deskRoutes } from '../../src/orders/desk/routes.ts';
import { orderRoutes } from '../../src/orders/buyer/routes.ts';
import { detailsRoutes } from '../../src/orders/details/routes.ts';
import { createHolderMessages } from '../../src/notifications/deliveries/holder-messages.ts';
import { waitingListRoutes } from '../../src/orders/waiting-list/routes.ts';
import { transferRoutes } from '../../src/orders/transfers/routes.ts';
import { orderSearchRoutes } from '../../src/orders/search/routes.ts';
import { poolRoutes } from '../../src/orders/pools/routes.ts';
import { promoCodeRoutes } from '../../src/orders/promo-codes/routes.ts';
import { questionRoutes } from '../../src/orders/questions/routes.ts';
import { ticketRoutes } from '../../src/orders/tickets/routes.ts';
import { refundOrder } from '../../src/orders/lifecycle/refund-order.ts';
import type { PaymentView } from '../../src/orders/ports.ts';
import { gatewayFeesOf } from '../../src/payments/ledger/queries.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type Db, type OpenDb, rowsOf } from '../../src/platform/database/db.ts';
import { createLog } from '../../src/platform/log.ts';
import { problems } from '../../src/problems.ts';
import { ownInvalidations } from '../../src/platform/invalidation/invalidations.ts';
import { type TestOrganizer, signedInOwner } from '../factories.ts';
import { placingDeps } from './placing.ts';
import { testTicketKeys } from '../check-in/ticket-keys.ts';
import { testPrinter } from '../processes/helpers.ts';

const log = createLog({ level: 'silent', process: 'test' });

export type OrderDesk = ReturnType<typeof openDesk>;

/** The room's routes behind the real edge. Short stand-ins answer for other rooms. */
export function openDesk(open: OpenDb, wallets: Wallets = { apple: undefined, google: undefined }) {
  const { db } = open;
  const { hashSecret, orderTokenSecret, placement, directory } = placingDeps(open);
  const config = {
    ORDER_TOKEN_SECRET: orderTokenSecret,
    HASH_SECRET: hashSecret,
    PUBLIC_URL: 'https://antre.example',
    JWT_SECRET: 'test-only-jwt-secret-0123456789abcdef',
    ENCRYPTION_KEY: 'c3'.repeat(32),
  };
  const world = {
    payment: { status: 'creating', method: 'any' } as PaymentView,
    mayLookUp: true,
    lookedUp: [] as string[],
    refundsRequested: [] as string[],
  };
  const deps = {
    db,
    countsDb: db,
    hashSecret,
    placement,
    log,
    directory,
    clock: systemClock,
    config,
    actors: createActors({ db, clock: systemClock, config, invalidations: ownInvalidations() }),
    paymentOf: () => Promise.resolve(world.payment),
    gatewayFeesOf,
    requestFullRefund: (tx: Db, order: Parameters<typeof refundOrder>[1], reason: string) => {
      world.refundsRequested.push(order.id);
      return refundOrder(tx, order, { restock: true, reason });
    },
    hasAdmissions: async (tx: Db, eventId: string, orderId: string) =>
      (
        await rowsOf(
          tx,
          sql`select 1 from admissions a join tickets t on t.event_id = a.event_id and t.id = a.ticket_id
              where t.event_id = ${eventId} and t.order_id = ${orderId}`,
        )
      ).length > 0,
    ...createHolderMessages({ clock: systemClock }),
    ticketPrinter: { ...testPrinter },
    wallets,
    ticketKeys: testTicketKeys(db),
    networkOf: () => '203.0.113.7',
    lookupLimiter: {
      consume: (key: string) => {
        world.lookedUp.push(key);
        return Promise.resolve({ allowed: world.mayLookUp, retryAfterSeconds: 60 });
      },
    },
  };
  const app = new OpenAPIHono<AppEnv>();
  app.use(requestContext(log));
  app.onError(handleError(problems, log));
  app.route('/', orderRoutes(deps));
  app.route('/', ticketRoutes(deps));
  app.route('/', detailsRoutes(deps));
  app.route('/', questionRoutes(deps));
  app.route('/', transferRoutes(deps));
  app.route('/', walletRoutes(deps));
  app.route('/', waitingListRoutes(deps));
  app.route('/', deskRoutes(deps));
  app.route('/', orderSearchRoutes(deps));
  app.route('/', poolRoutes(deps));
  app.route('/', promoCodeRoutes(deps));
  return { app, deps, world };
}

export const tokenOf = (desk: ReturnType<typeof openDesk>, orderId: string) =>
  orderAccessToken(desk.deps.config.ORDER_TOKEN_SECRET, orderId, 1);

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

export const json = (body: unknown, method = 'POST') => ({
  method,
  headers: { 'content-type': 'application/json' } as Record<string, string>,
  body: JSON.stringify(body),
});

/** The headers of an organiser's program with this role. */
export async function keyFor(
  desk: ReturnType<typeof openDesk>,
  organizer: TestOrganizer,
  role: 'manager' | 'door',
): Promise<Record<string, string>> {
  const { key } = await createApiKey(desk.deps, {
    actor: await signedInOwner(desk.deps.db, organizer),
    name: role,
    role,
    scopes: keyScopes,
  });
  return bearer(key);
}

/** The members that tests read. */
type Shown = {
  readonly data: readonly { readonly id: string; readonly code: string }[];
  readonly nextCursor: string | null;
  readonly code: string;
  readonly reason: string;
  readonly buyer: Readonly<Record<string, string>>;
};

export async function read(answer: Response): Promise<Shown> {
  return (await answer.json()) as Shown;
}
