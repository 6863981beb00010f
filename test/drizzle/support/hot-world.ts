import postgres from 'postgres';
import { freePort } from '../../../deploy/local/host/ports.ts';
import { seedSender } from '../../../drizzle/seed/seed-accounts.ts';
import { startSandbox } from '../../../sandbox/start-sandbox.ts';
import { createApiKey } from '../../../src/access/credentials/create-api-key.ts';
import { keyScopes } from '../../../src/access/credentials/key-scopes.ts';
import { createApp } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config.ts';
import { serve } from '../../../src/http/server/serve.ts';
import { jobs } from '../../../src/jobs.ts';
import { type Log, createLog } from '../../../src/platform/log.ts';
import { composeWorker } from '../../../workers/compose-worker.ts';
import { createHandlers, recurring } from '../../../workers/handlers.ts';
import { schedulesOf } from '../../../workers/schedules.ts';
import { startWorker } from '../../../workers/start-worker.ts';
import { createTestDatabase } from '../../../testkit/services/database.ts';
import { type TestEvent, signedInOwner } from '../../../testkit/factories.ts';
import { connectSandboxAccount } from '../../../testkit/payments/connect-sandbox-account.ts';
import { sandboxEnvironment, testEnvironment } from '../../../testkit/processes/environment.ts';
import { composePatient } from '../../../testkit/processes/service.ts';
import { createTestRedis } from '../../../testkit/services/redis.ts';
import { testStack } from '../../../testkit/services/stack.ts';

/** Work that comes less often is not hot. On a busy machine it would run as often as the few orders of a test. */
const hotEverySecondsMax = 5;

/**
 * API, worker and sandbox in this process, on a database that counts the reads of every statement, also in functions.
 */
export async function openHotWorld(log: Log = createLog({ level: 'silent', process: 'test' })) {
  const [database, redis] = [await createTestDatabase(), await createTestRedis()];
  const name = new URL(database.directUrl).pathname;
  const admin = postgres(Object.assign(new URL(testStack().postgresAdminUrl), { pathname: name }).href, {
    max: 1,
    onnotice: () => {},
  });
  await admin.unsafe(`alter database "${name.slice(1)}" set pg_stat_statements.track = 'all'`);
  const port = await freePort();
  const sandbox = await startSandbox({
    port: 0,
    smtpPort: 0,
    timeScale: 0.001,
    whatsappCallbackUrl: `http://127.0.0.1:${port}/v1/callbacks/whatsapp/{phoneNumberId}`,
  });
  const config = loadConfig({
    ...testEnvironment(database, redis),
    ...sandboxEnvironment(sandbox),
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    ORDERS_PER_MINUTE_PER_NETWORK: '100000',
    HELD_PER_NETWORK_MAX: '100000',
  });
  const api = composePatient(config, log);
  const server = await serve(createApp(api), { host: '127.0.0.1', port, reusePort: false });
  await seedSender(api.db, config.ENCRYPTION_KEY);
  const worker = composeWorker(config, log);
  const schedules = schedulesOf(jobs, recurring).filter(({ everySeconds }) => everySeconds <= hotEverySecondsMax);
  await startWorker({ ...worker, jobs, handlers: createHandlers(worker), schedules });
  return {
    api,
    db: api.db,
    directUrl: database.directUrl,
    admin,
    sandbox,
    request: (path: string, init: RequestOptions = {}) => request(`http://127.0.0.1:${port}${path}`, init),
    control: async (path: string, body: unknown = {}) => {
      const response = await fetch(`${sandbox.url}/control${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      await response.body?.cancel();
      return response.status;
    },
    /** An account at the sandbox's gateway, so that its orders can be paid. */
    connectGateway: (event: TestEvent) => connectSandboxAccount(api.db, config.ENCRYPTION_KEY, event),
    keyOf: async ({ organizer }: TestEvent, role: 'manager' | 'door') => {
      const made = await createApiKey(api, {
        actor: await signedInOwner(api.db, organizer),
        name: role,
        role,
        scopes: keyScopes,
      });
      return made.key;
    },
    close: async () => {
      await worker.closers.close();
      await server.close();
      await api.closers.close();
      await sandbox.close();
      await admin.end();
      await redis.close();
      await database.close();
    },
  };
}

export type HotWorld = Awaited<ReturnType<typeof openHotWorld>>;

type RequestOptions = {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
};
type Reply = { readonly status: number; readonly body: never; readonly text: string };

const triesMax = 50;
const pauseMs = 200;

/** Retries as a patient client does, because a busy machine refuses some requests. */
async function request(url: string, { method, token, headers, body }: RequestOptions): Promise<Reply> {
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(url, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status === 503 && tries < triesMax) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      continue;
    }
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, body: (isJson ? JSON.parse(text) : text) as never, text };
  }
}
