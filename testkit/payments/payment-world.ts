import { afterAll, expect } from 'vitest';
import { z } from 'zod';
import { type Sandbox, startSandbox } from '../../sandbox/start-sandbox.ts';
import type { Actor, Role } from '../../src/access/actor.ts';
import { orderAccessToken } from '../../src/access/buyers/order-token.ts';
import { handleError } from '../../src/http/problem.ts';
import { createRouter } from '../../src/http/contract/router.ts';
import { type Serving, serve } from '../../src/http/server/serve.ts';
import { orderInvariants } from '../../src/orders/invariants.ts';
import { gatewayVariables } from '../../src/payments/gateways/all-gateways.ts';
import {
  type GatewayDeps,
  type LookDeps,
  type PaymentGateway,
  createCallbackInbox,
  createGatewayBudget,
  createPaymentAccounts,
  createFirstAttempts,
  createCloses,
  createLooks,
  createSettlements,
  dispatchByAccount,
  gatewayPlugins,
  guardGateway,
  paymentHandlers,
} from '../../src/payments/index.ts';
import { paymentInvariants } from '../../src/payments/invariants.ts';
import { paymentRoutes } from '../../src/payments/routes.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { CallGuard } from '../../src/platform/resilience/call-guard.ts';
import type { Db, OpenDb } from '../../src/platform/database/db.ts';
import { createLog } from '../../src/platform/log.ts';
import { openCacheRedis } from '../../src/platform/redis.ts';
import { ownInvalidations } from '../../src/platform/invalidation/invalidations.ts';
import { problems } from '../../src/problems.ts';
import { type TestDatabase, createTestDatabase } from '../services/database.ts';
import { type TestEvent, type TestEventOptions, createEvent } from '../factories.ts';
import { freePort } from '../../deploy/local/host/ports.ts';
import { openTestDb } from '../orders/placing.ts';
import { compareWithSandbox } from './compare-with-sandbox.ts';
import { connectSandboxAccount } from './connect-sandbox-account.ts';
import { createTestRedis } from '../services/redis.ts';

export const encryptionKey = '0f'.repeat(32);
const orderTokenSecret = 'test-only-order-token-secret-0123456789';

/** The payments room with real Postgres behind PgBouncer, Redis and HTTP, and with the sandbox's gateway. */
export type PaymentWorld = {
  readonly database: TestDatabase;
  readonly open: OpenDb;
  readonly db: Db;
  readonly sandbox: Sandbox;
  readonly deps: LookDeps;
  readonly handlers: ReturnType<typeof paymentHandlers>;
  readonly url: string;
  /** A token of a member of this organiser. */
  staffToken(event: TestEvent, role: Role): string;
  close(): Promise<void>;
};

export async function openPaymentWorld(
  options: {
    createsPerSecond?: number;
    timeoutMs?: number;
    snapExpiryMinimumMinutes?: number;
    guard?: CallGuard;
    /** Called with each outgoing call. */
    onCall?: (call: string) => void;
  } = {},
): Promise<PaymentWorld> {
  const [database, redisUrls] = [await createTestDatabase(), await createTestRedis()];
  const open = openTestDb(database.url, 8);
  const log = createLog({ level: 'silent', process: 'test' });
  const redis = openCacheRedis(redisUrls.cacheUrl, log);
  await new Promise((resolve) => redis.once('ready', resolve));
  const sandbox = await startSandbox({ port: 0, smtpPort: 0, timeScale: 0.001, ...pick(options) });
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const config = {
    ...z.object(gatewayVariables).parse({
      MIDTRANS_SNAP_URL: `${sandbox.url}/midtrans`,
      MIDTRANS_API_URL: `${sandbox.url}/midtrans`,
    }),
    PUBLIC_URL: publicUrl,
    GATEWAY_TIMEOUT_MS: options.timeoutMs ?? 1000,
  };
  const { onCall = () => {} } = options;
  const budget = createGatewayBudget({ redis, createsPerSecond: options.createsPerSecond ?? 1000 });
  const gateway = dispatchByAccount(
    new Map(
      gatewayPlugins.map((plugin) => {
        const calls = plugin.open(config);
        const counted: PaymentGateway = {
          ...calls,
          create: (account, request) => (onCall('create'), calls.create(account, request)),
          fetch: (account, attemptId) => (onCall('fetch'), calls.fetch(account, attemptId)),
        };
        return [plugin.name, guardGateway(counted, budget, options.guard)];
      }),
    ),
  );
  const { db } = open;
  const accounts = createPaymentAccounts({
    db,
    clock: systemClock,
    encryptionKey,
    invalidations: ownInvalidations(),
  });
  const looks = createLooks(db);
  const deps: LookDeps = { db, clock: systemClock, log, accounts, gateway, publicUrl, looks };
  const actors = new Map<string, Actor>();
  const serving = await serveRoutes(deps, actors, port);
  return {
    database,
    open,
    db,
    sandbox,
    deps,
    handlers: paymentHandlers({
      ...deps,
      settlements: createSettlements(deps),
      firstAttempts: createFirstAttempts(db),
      closes: createCloses(db),
    }),
    url: publicUrl,
    staffToken: ({ organizer }, role) => {
      const token = `staff-token-of-${organizer.slug}-${role}`;
      const own = { organizerId: organizer.id, organizerSlug: organizer.slug, role };
      actors.set(token, { kind: 'staff', id: `stf_${role}`, sessionId: 'ses_test', ...own });
      return token;
    },
    close: async () => {
      await serving.close();
      await sandbox.close();
      redis.disconnect();
      await open.close();
      await redisUrls.close();
      await database.close();
    },
  };
}

function pick({ snapExpiryMinimumMinutes }: { snapExpiryMinimumMinutes?: number }) {
  return snapExpiryMinimumMinutes === undefined ? {} : { snapExpiryMinimumMinutes };
}

async function serveRoutes(deps: GatewayDeps, actors: Map<string, Actor>, port: number): Promise<Serving> {
  const app = createRouter();
  app.onError(handleError(problems, deps.log));
  const actorOf = (token: string) => Promise.resolve(actors.get(token));
  app.route(
    '/',
    paymentRoutes({
      ...deps,
      inbox: createCallbackInbox({ db: deps.db }),
      actors: { of: actorOf, now: actorOf, forget: () => {} },
      config: {
        ENCRYPTION_KEY: encryptionKey,
        ORDER_TOKEN_SECRET: orderTokenSecret,
        PUBLIC_URL: 'http://localhost:3000',
      },
    }),
  );
  return serve(app, { host: '127.0.0.1', port, reusePort: false });
}

/** An event whose organiser has an account at the gateway. */
export async function createPaidEvent(
  world: Pick<PaymentWorld, 'db'>,
  options: TestEventOptions & { account?: { merchantId: string; serverKey: string } } = {},
): Promise<TestEvent> {
  const { account, ...rest } = options;
  const event = await createEvent(world.db, rest);
  await connectSandboxAccount(world.db, encryptionKey, event, account);
  return event;
}

export async function control(world: PaymentWorld, path: string, body: unknown = {}): Promise<number> {
  const response = await fetch(`${world.sandbox.url}/control${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await response.body?.cancel();
  return response.status;
}

/** A payment world for all tests of a file. After them its books must be clean. */
export async function usePaymentWorld(options: Parameters<typeof openPaymentWorld>[0] = {}): Promise<PaymentWorld> {
  const world = await openPaymentWorld(options);
  afterAll(async () => {
    await expectCleanBooks(world);
    await world.close();
  });
  return world;
}

/** Checks our invariants, and compares our books with the gateway's. */
export async function expectCleanBooks(world: PaymentWorld): Promise<void> {
  for (const invariant of [...paymentInvariants, ...orderInvariants]) {
    expect(await invariant.find(world.db), invariant.name).toEqual([]);
  }
  const journal = { captures: world.sandbox.journal.captures(), refunds: world.sandbox.journal.refunds() };
  expect(await compareWithSandbox(world.db, journal as never)).toEqual([]);
  expect(await compareWithSandbox(world.db, world.sandbox.url)).toEqual([]);
}

export function buyerToken({ orderId }: { orderId: string }): string {
  return orderAccessToken(orderTokenSecret, orderId, 1);
}
