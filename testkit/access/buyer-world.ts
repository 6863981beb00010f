import { OpenAPIHono } from '@hono/zod-openapi';
import { sql } from 'drizzle-orm';
import { Redis } from 'ioredis';
import { buyerCode } from '../../src/access/buyers/buyer-code.ts';
import { buyerRoutes } from '../../src/access/buyers/routes.ts';
import { createVerificationLanes } from '../../src/access/buyers/verification-lanes.ts';
import { handleError } from '../../src/http/problem.ts';
import type { AppEnv } from '../../src/http/contract/router.ts';
import { notifyBuyer } from '../../src/notifications/notices/notify.ts';
import { createCanMessagePhones } from '../../src/notifications/senders/can-message-phones.ts';
import { sendDelivery } from '../../src/notifications/deliveries/send-delivery.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type OpenDb, rowsOf } from '../../src/platform/database/db.ts';
import { problems } from '../../src/problems.ts';
import { createVerificationLimiter } from '../../src/traffic-control/index.ts';
import { createCodeLimiter } from '../../src/traffic-control/limits/try-limiter.ts';
import { createLimiter } from '../../src/traffic-control/limits/limiter.ts';
import { policiesOf } from '../../src/traffic-control/limits/policies.ts';
import { ownInvalidations } from '../../src/platform/invalidation/invalidations.ts';
import type { TestEvent } from '../factories.ts';
import { type Notifications, notificationConfig, openNotifications } from '../notifications/notification-world.ts';
import { openWorkDb, silentLog } from '../processes/worker.ts';

/** The world of tests of buyers' codes: small API processes with the real limits, and the worker's part. */

export const buyerConfig = notificationConfig;

export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Record<string, unknown> };

export type BuyerProcess = {
  /** @param network of the request */
  post(path: 'verifications' | 'confirmations', body: unknown, network?: string): Promise<Answer>;
  close(): Promise<void>;
};

export type BuyerWorld = {
  readonly notifications: Notifications;
  readonly process: BuyerProcess;
  /** Events that have a room, by slug. */
  readonly events: Map<string, TestEvent>;
  anotherProcess(limits?: { budget?: number }): Promise<BuyerProcess>;
  /** Runs all staged jobs, as the worker does. */
  work(): Promise<void>;
  close(): Promise<void>;
};

export async function openBuyers(): Promise<BuyerWorld> {
  const notifications = await openNotifications();
  const events = new Map<string, TestEvent>();
  const processes: BuyerProcess[] = [];
  const anotherProcess = async ({ budget = 60_000 } = {}): Promise<BuyerProcess> => {
    const one = await openProcess(notifications, events, budget);
    processes.push(one);
    return one;
  };
  return {
    notifications,
    process: await anotherProcess(),
    events,
    anotherProcess,
    work: () => doStagedWork(notifications),
    close: async () => {
      for (const one of processes) await one.close();
      await notifications.close();
    },
  };
}

async function openProcess(
  { database, redis }: Notifications,
  events: Map<string, TestEvent>,
  budget: number,
): Promise<BuyerProcess> {
  const open: OpenDb = openWorkDb(database.url);
  // Without the product's short deadlines: if Redis is slow for a moment, a count that a test checks must not go to the
  // insurance.
  const cache = new Redis(redis.cacheUrl);
  await cache.ping();
  const policies = policiesOf({
    REQUESTS_PER_MINUTE_PER_NETWORK: 6000,
    ORDERS_PER_MINUTE_PER_NETWORK: 600,
    SIGN_INS_PER_MINUTE_PER_NETWORK: 30,
    VERIFICATIONS_PER_MINUTE_PER_NETWORK: 300,
    VERIFICATIONS_PER_MINUTE: budget,
  });
  const limiter = createLimiter({ redis: cache, policies, processes: 2, redisDeadlineMs: 10_000 });
  const app = new OpenAPIHono<AppEnv>();
  app.onError(handleError(problems, silentLog));
  app.route(
    '/',
    buyerRoutes({
      clock: systemClock,
      config: buyerConfig,
      verifications: createVerificationLanes({ db: open.db }),
      codeLimiter: createCodeLimiter(limiter),
      verificationLimiter: createVerificationLimiter(limiter),
      findEvent: async (slug) => {
        const event = events.get(slug);
        return event && { id: event.id, organizerId: event.organizer.id, country: 'ID' };
      },
      canMessagePhones: createCanMessagePhones({ db: open.db, invalidations: ownInvalidations() }),
      networkOf: (c) => c.req.header('x-test-network') ?? '203.0.113.0/24',
    }),
  );
  return {
    post: async (path, body, network) => {
      const response = await app.request(`/v1/buyers/${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(network === undefined ? {} : { 'x-test-network': network }),
        },
        body: JSON.stringify(body),
      });
      const answer = (await response.json()) as Record<string, unknown>;
      return { status: response.status, headers: response.headers, body: answer };
    },
    close: async () => {
      cache.disconnect();
      await open.close();
    },
  };
}

async function doStagedWork({ db, deps }: Notifications): Promise<void> {
  const staged = await rowsOf<{ payload: { verificationId: string } }>(
    db,
    sql`delete from outbox where name = 'buyer.verification_requested' returning payload`,
  );
  for (const { payload } of staged) await notifyBuyer(deps, payload);
  const due = await rowsOf<{ payload: { deliveryId: string } }>(
    db,
    sql`delete from outbox where name = 'delivery.send' returning payload`,
  );
  for (const { payload } of due) await sendDelivery(deps, payload, AbortSignal.timeout(20_000));
}

export const rightCode = (verificationId: unknown): string =>
  buyerCode(buyerConfig.HASH_SECRET, String(verificationId));

/** A wrong code. */
export function wrongCode(verificationId: unknown, n = 1): string {
  return String((Number(rightCode(verificationId)) + n) % 1_000_000).padStart(6, '0');
}

export const codeOfAnswer = ({ status, body }: Answer): string => `${status} ${String(body['code'])}`;

let asked = 0;
/** An address that has not requested anything yet. */
export const newAddress = (): string => {
  asked += 1;
  return `buyer.${process.pid}.${asked}@pembeli.test`;
};
