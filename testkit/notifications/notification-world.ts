import { OpenAPIHono } from '@hono/zod-openapi';
import { sql } from 'drizzle-orm';
import { demoWhatsappSender } from '../../sandbox/demo-accounts.ts';
import { type Sandbox, startSandbox } from '../../sandbox/start-sandbox.ts';
import { createActors } from '../../src/access/actors.ts';
import { handleError } from '../../src/http/problem.ts';
import { requestContext } from '../../src/http/request-context.ts';
import type { AppEnv } from '../../src/http/contract/router.ts';
import { type Serving, serve } from '../../src/http/server/serve.ts';
import { createEmailChannel } from '../../src/notifications/channels/email.ts';
import { createWhatsappChannel } from '../../src/notifications/channels/whatsapp/whatsapp-channel.ts';
import { createDeliveries } from '../../src/notifications/deliveries/deliveries.ts';
import { notificationCallbackRoutes } from '../../src/notifications/callbacks/routes.ts';
import { inboundRoutes } from '../../src/notifications/inbound/routes.ts';
import { announcementRoutes } from '../../src/notifications/announcements/routes.ts';
import { messageTestRoutes } from '../../src/notifications/message-tests/routes.ts';
import { messageTextRoutes } from '../../src/notifications/message-texts/routes.ts';
import { noticeRoutes } from '../../src/notifications/notices/routes.ts';
import { newsRoutes } from '../../src/notifications/news/routes.ts';
import { unsubscribeRoutes } from '../../src/notifications/news/unsubscribing/routes.ts';
import { notificationRoutes } from '../../src/notifications/routes.ts';
import { senderRoutes } from '../../src/notifications/senders/routes.ts';
import { suppressionRoutes } from '../../src/notifications/suppressions/routes.ts';
import { senders } from '../../src/notifications/tables.ts';
import { sealSenderCredentials } from '../../src/notifications/senders/sender-credentials.ts';
import type { Order } from '../../src/orders/tables.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type Db, rowsOf } from '../../src/platform/database/db.ts';
import { newId } from '../../src/platform/ids.ts';
import { createReportMailOf } from '../../src/reports/downloads/report-mail.ts';
import { openCacheRedis } from '../../src/platform/redis.ts';
import { ownInvalidations } from '../../src/platform/invalidation/invalidations.ts';
import { problems } from '../../src/problems.ts';
import { createTestDatabase } from '../services/database.ts';
import { type TestEvent, createEvent } from '../factories.ts';
import { type OrderOptions, order, pay, placingDeps } from '../orders/placing.ts';
import { createTestRedis } from '../services/redis.ts';
import { openWorkDb, silentLog } from '../processes/worker.ts';
import { testTicketKeys } from '../check-in/ticket-keys.ts';

export const notificationConfig = {
  PUBLIC_URL: 'https://antre.example',
  ORDER_TOKEN_SECRET: 'test-only-order-token-secret-0123456789',
  QUEUE_TOKEN_SECRET: 'test-only-queue-token-secret-0123456789',
  HASH_SECRET: 'test-only-hash-secret-0123456789abcdef',
  JWT_SECRET: 'test-only-jwt-secret-0123456789abcdef',
  ENCRYPTION_KEY: 'a1'.repeat(32),
  MAIL_CALLBACK_TOKEN: 'test-only-mail-callback-token-0123456789',
};

/** One server for both streams. */
export const mailOptions = (smtpUrl: string) => ({
  streams: {
    tickets: { smtpUrl, from: 'antre <tickets@antre.example>' },
    news: { smtpUrl, from: 'antre <news@news.antre.example>' },
  },
  hashSecret: notificationConfig.HASH_SECRET,
  log: silentLog,
});

export type DeliveryRow = {
  readonly id: string;
  readonly channel: 'email' | 'whatsapp';
  readonly template: string;
  readonly status: string;
  readonly failure: string | null;
  readonly tries: number;
  readonly version: number;
  readonly sender_id: string | null;
  readonly provider_message_id: string | null;
};

/** The providers of WhatsApp: the sandbox plays them all. */
export const sandboxProviders = (url: string) => ({
  WHATSAPP_GRAPH_URL: `${url}/graph`,
  WHATSAPP_GRAPH_VERSION: 'v23.0',
  // Nothing listens at the second address.
  WAHA_INSTANCES: [`sandbox=${url}/waha`, 'nowhere=http://127.0.0.1:64999'],
  FONNTE_URL: `${url}/fonnte`,
  WABLAS_URL: `${url}/wablas/{server}`,
});

/** The room with real Postgres, Redis, SMTP and HTTP. The sandbox plays the outside world. */
export async function openNotifications() {
  const database = await createTestDatabase();
  const redis = await createTestRedis();
  const open = openWorkDb(database.url);
  const { db } = open;
  const invalidations = ownInvalidations();
  const actors = createActors({ db, clock: systemClock, config: notificationConfig, invalidations });
  const app = new OpenAPIHono<AppEnv>();
  app.use(requestContext(silentLog));
  const server: Serving = await serve(app, { host: '127.0.0.1', port: 0, reusePort: false });
  const callbackUrl = `http://127.0.0.1:${server.port}/v1/callbacks`;
  const sandbox: Sandbox = await startSandbox({
    timeScale: 0.01,
    whatsappCallbackUrl: `${callbackUrl}/whatsapp/{phoneNumberId}`,
  });
  const config = { ...notificationConfig, ...sandboxProviders(sandbox.url) };
  const routeDeps = { db, clock: systemClock, config, actors };
  app.route('/', notificationCallbackRoutes(routeDeps));
  app.route('/', unsubscribeRoutes(routeDeps));
  for (const routes of [
    notificationRoutes,
    senderRoutes,
    messageTestRoutes,
    messageTextRoutes,
    announcementRoutes,
    noticeRoutes,
    inboundRoutes,
    newsRoutes,
    suppressionRoutes,
  ]) {
    app.route('/', routes(routeDeps));
  }
  app.onError(handleError(problems, silentLog));
  const cache = openCacheRedis(redis.cacheUrl, silentLog);
  await new Promise<void>((resolve) => cache.once('ready', () => resolve()));
  const openWhatsapp = () => createWhatsappChannel({ db, redis: cache, log: silentLog, config, invalidations });
  const deps = {
    db,
    clock: systemClock,
    config,
    log: silentLog,
    deliveries: createDeliveries(db),
    ticketKeys: testTicketKeys(db),
    reportMailOf: createReportMailOf({ clock: systemClock, config: notificationConfig }),
    email: createEmailChannel(mailOptions(sandbox.smtpUrl)),
    whatsapp: openWhatsapp(),
  };
  return {
    app,
    db,
    open,
    deps,
    sandbox,
    redis,
    database,
    /** Without the provider's name. */
    callbackUrl,
    /** Forgets what a process remembers of senders for some seconds. */
    forget: () => {
      deps.whatsapp = openWhatsapp();
    },
    close: async () => {
      await deps.email.close();
      await sandbox.close();
      await server.close();
      cache.disconnect();
      await open.close();
      await redis.close();
      await database.close();
    },
  };
}

export type Notifications = Awaited<ReturnType<typeof openNotifications>>;

/** A paid order with its tickets. The job `order.paid` is in the outbox. */
export async function paidOrder(
  world: Notifications,
  options: OrderOptions & { event?: TestEvent } = {},
): Promise<{ eventId: string; orderId: string; order: Order }> {
  const event = options.event ?? (await createEvent(world.db));
  const { order: placed } = await order(placingDeps(world.open), event, options);
  return { eventId: event.id, orderId: placed.id, order: await pay(world.db, placed.id) };
}

export async function deliveriesOf(db: Db, subjectId: string): Promise<DeliveryRow[]> {
  return rowsOf<DeliveryRow>(
    db,
    sql`select id, channel, template, status, failure, tries, version, sender_id, provider_message_id
      from deliveries where subject_id = ${subjectId} order by version, channel`,
  );
}

/** The sandbox's demo number, for one organiser or for the platform. */
export async function addSender(
  db: Db,
  options: {
    organizerId?: string;
    phoneNumberId?: string;
    accessToken?: string;
    appSecret?: string;
    messagesPerSecond?: number;
    weight?: number;
    businessAccountId?: string;
  } = {},
): Promise<string> {
  const { organizerId = null, phoneNumberId = demoWhatsappSender.phoneNumberId } = options;
  const { messagesPerSecond = 60, weight = 100, businessAccountId = null } = options;
  const id = newId('snd');
  const credentials = sealSenderCredentials(notificationConfig.ENCRYPTION_KEY, id, {
    accessToken: options.accessToken ?? demoWhatsappSender.accessToken,
    appSecret: options.appSecret ?? demoWhatsappSender.appSecret,
    verifyToken: demoWhatsappSender.verifyToken,
  });
  await db.insert(senders).values({
    id,
    organizerId,
    kind: 'whatsapp_cloud',
    externalId: phoneNumberId,
    credentials,
    messagesPerSecond,
    weight,
    businessAccountId,
  });
  return id;
}

export async function control(sandbox: Sandbox, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${sandbox.url}/control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the sandbox refuses ${path}: ${response.status} ${await response.text()}`);
}

export type InboxMail = {
  readonly id: string;
  readonly subject: string;
  readonly messageId: string;
  readonly size: number;
  readonly text: string;
  readonly html: string;
  readonly headers: readonly { key: string; value: string }[];
  readonly attachments: readonly { filename: string; mimeType: string; contentId?: string; size: number }[];
};

/** Mails to one address, newest first, complete. */
export async function inbox(sandbox: Sandbox, to: string): Promise<InboxMail[]> {
  const list = (await (await fetch(`${sandbox.url}/inbox?to=${encodeURIComponent(to)}`)).json()) as {
    data: { id: string }[];
  };
  return Promise.all(
    list.data.map(async ({ id }) => (await (await fetch(`${sandbox.url}/inbox/${id}`)).json()) as InboxMail),
  );
}

export type SentWhatsapp = {
  readonly id: string;
  readonly to: string;
  readonly template: string;
  readonly language: string;
  readonly opaque: string;
  readonly components: readonly { type: string; parameters: readonly { text: string }[] }[];
  readonly statuses: readonly { status: string }[];
};

export async function whatsappMessages(sandbox: Sandbox, to: string): Promise<SentWhatsapp[]> {
  const list = (await (await fetch(`${sandbox.url}/whatsapp/messages?to=${encodeURIComponent(to)}`)).json()) as {
    data: SentWhatsapp[];
  };
  return list.data;
}
