import { sql } from 'drizzle-orm';
import { startSandbox } from '../../sandbox/start-sandbox.ts';
import type { Role } from '../../src/access/actor.ts';
import { jobs } from '../../src/jobs.ts';
import { createEndpoint } from '../../src/notifications/webhooks/endpoints/create-endpoint.ts';
import { type WebhookType, subscribableTypes } from '../../src/notifications/webhooks/catalogue.ts';
import { rowsOf } from '../../src/platform/database/db.ts';
import { newId } from '../../src/platform/ids.ts';
import { createClosers } from '../../src/platform/resilience/shutdown.ts';
import { composeWorker } from '../../workers/compose-worker.ts';
import { createHandlers, recurring } from '../../workers/handlers.ts';
import { schedulesOf } from '../../workers/schedules.ts';
import { startWorker } from '../../workers/start-worker.ts';
import { type TestEvent, type TestOrganizer, sessionTokenOf, signedInMember, signedInOwner } from '../factories.ts';
import { type OrderOptions, openTestDb, order, pay, placingDeps } from '../orders/placing.ts';
import { startTestService } from '../processes/service.ts';
import { silentLog } from '../processes/worker.ts';

export type ReceivedWebhook = {
  readonly seq: number;
  readonly at: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** API, worker and the outside world in this process. Endpoints may be on the loopback address. */
export async function openWebhookWorld() {
  const sandbox = await startSandbox({ port: 0, smtpPort: 0, timeScale: 0.01 });
  const api = await startTestService({
    WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    SMTP_URL: sandbox.smtpUrl,
    MIDTRANS_SNAP_URL: `${sandbox.url}/midtrans`,
    MIDTRANS_API_URL: `${sandbox.url}/midtrans`,
    WHATSAPP_GRAPH_URL: `${sandbox.url}/graph`,
    EVENT_NOTICE_DELAY_SECONDS: '0',
  });
  const { db, config } = api.service;
  const open = openTestDb(config.DATABASE_URL);
  const worker = composeWorker(config, silentLog);

  /** Runs the real worker: relay, queues, schedules. Until all of it has stopped it takes turns of other tests' endpoints. */
  const startWorking = async (): Promise<{ stop(): Promise<void> }> => {
    const closers = createClosers(silentLog);
    const schedules = schedulesOf(jobs, recurring);
    await startWorker({ ...worker, closers, jobs, handlers: createHandlers(worker), schedules });
    return { stop: () => closers.close() };
  };

  async function addEndpoint(
    organizer: TestOrganizer,
    options: { name?: string; url?: string; types?: readonly WebhookType[] } = {},
  ) {
    const name = options.name ?? newId('whe').toLowerCase();
    const actor = await signedInOwner(db, organizer);
    const made = await createEndpoint(api.service, {
      actor,
      url: options.url ?? `${sandbox.url}/webhook-sink/${name}`,
      types: options.types ?? subscribableTypes,
      description: '',
    });
    return { actor, name, secret: made.secret, id: made.endpoint.id };
  }

  async function placed(event: TestEvent, options: OrderOptions = {}): Promise<string> {
    return (await order(placingDeps(open), event, options)).order.id;
  }

  /** A paid order; the facts are in the database. */
  async function paid(event: TestEvent, options: OrderOptions = {}): Promise<string> {
    const orderId = await placed(event, options);
    await pay(db, orderId);
    return orderId;
  }

  const received = async (name: string): Promise<ReceivedWebhook[]> =>
    ((await (await fetch(`${sandbox.url}/webhook-sink/${name}`)).json()) as { data: ReceivedWebhook[] }).data;

  async function script(name: string, rule: Record<string, unknown>): Promise<void> {
    const response = await fetch(`${sandbox.url}/control/webhook-sinks/${name}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rule),
    });
    if (!response.ok) throw new Error(`the sandbox refuses the script: ${await response.text()}`);
  }

  const facts = (organizer: TestOrganizer) =>
    rowsOf<{ id: string; type: WebhookType; subject_id: string; data: unknown; event_id: string }>(
      db,
      sql`select id, type, subject_id, data, event_id from webhooks where organizer_id = ${organizer.id} order by id`,
    );
  const deliveries = (endpointId: string) =>
    rowsOf<{ webhook_id: string; status: string; tries: number; failure: string | null; wait: number | null }>(
      db,
      sql`select webhook_id, status, tries, failure, extract(epoch from due_at - now())::float8 as wait
          from webhook_deliveries where endpoint_id = ${endpointId} order by webhook_id`,
    );
  async function endpoint(id: string) {
    const [row] = await rowsOf<{
      status: string;
      disabled_reason: string | null;
      failures: number;
      pause: number | null;
    }>(
      db,
      sql`select status, disabled_reason, failures, extract(epoch from paused_until - now())::float8 as pause
          from webhook_endpoints where id = ${id}`,
    );
    if (row === undefined) throw new Error('no such endpoint');
    return row;
  }

  /** The session token of a new member with this role. */
  const signedIn = async (organizer: TestOrganizer, role: Role): Promise<string> =>
    sessionTokenOf(config, await signedInMember(db, organizer, role));

  return {
    api,
    db,
    sandbox,
    worker,
    startWorking,
    addEndpoint,
    placed,
    paid,
    received,
    script,
    facts,
    deliveries,
    endpoint,
    signedIn,
    close: async () => {
      await worker.closers.close();
      await open.close();
      await api.close();
      await sandbox.close();
    },
  };
}

export type WebhookWorld = Awaited<ReturnType<typeof openWebhookWorld>>;
