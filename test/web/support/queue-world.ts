import { sql } from 'drizzle-orm';
import { freePort } from '../../../deploy/local/host/ports.ts';
import { demoChain } from '../../../sandbox/beacon/demo-chain.ts';
import { seedSender } from '../../../drizzle/seed/seed-accounts.ts';
import { startSandbox } from '../../../sandbox/start-sandbox.ts';
import { buyerKey } from '../../../src/access/buyers/buyer-key.ts';
import { signBuyerToken } from '../../../src/access/buyers/buyer-token.ts';
import { createApp } from '../../../src/app.ts';
import { loadConfig } from '../../../src/config.ts';
import { serve } from '../../../src/http/server/serve.ts';
import { jobs } from '../../../src/jobs.ts';
import { rowsOf, transaction } from '../../../src/platform/database/db.ts';
import { commitDraw } from '../../../src/waiting-room/draw/index.ts';
import { createRoomScheduler } from '../../../src/waiting-room/index.ts';
import { type Challenge, solveChallenge } from '../../../src/web/client/queue/solve-challenge.ts';
import { composeWorker } from '../../../workers/compose-worker.ts';
import { createHandlers } from '../../../workers/handlers.ts';
import { startWorker } from '../../../workers/start-worker.ts';
import { createTestDatabase } from '../../../testkit/services/database.ts';
import { type TestEvent, createEvent } from '../../../testkit/factories.ts';
import { connectSandboxAccount } from '../../../testkit/payments/connect-sandbox-account.ts';
import { sandboxEnvironment, testEnvironment } from '../../../testkit/processes/environment.ts';
import { composePatient } from '../../../testkit/processes/service.ts';
import { createTestRedis } from '../../../testkit/services/redis.ts';
import { silentLog } from '../../../testkit/processes/worker.ts';
import { until } from '../../../testkit/until.ts';

/** The whole product with the outside world around it: API, worker, and a beacon whose rounds come each second. */

const leadSeconds = 4;
const hour = 3_600_000;

export type QueueWorld = Awaited<ReturnType<typeof openQueueWorld>>;

type QueueWorldOptions = {
  readonly environment?: Readonly<Record<string, string>>;
  /** Multiplies what the gateway and the senders wait. */
  readonly timeScale?: number;
  /** Without the platform's own number, so that nothing is in the database. */
  readonly isEmpty?: boolean;
};

export async function openQueueWorld({ environment = {}, timeScale, isEmpty = false }: QueueWorldOptions = {}) {
  const [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  const sandbox = await startSandbox({ beaconPeriodSeconds: 1, ...(timeScale === undefined ? {} : { timeScale }) });
  const chain = demoChain(1);
  const port = await freePort();
  const config = loadConfig({
    ...testEnvironment(database, redis),
    ...sandboxEnvironment(sandbox),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    BEACON_URL: `${sandbox.url}/beacon`,
    BEACON_CHAIN_HASH: chain.hash,
    BEACON_PUBLIC_KEY: chain.public_key,
    BEACON_GENESIS: String(chain.genesis_time),
    BEACON_PERIOD_SECONDS: String(chain.period),
    ...environment,
  });
  const worker = composeWorker(config, silentLog);
  await startWorker({ ...worker, jobs, handlers: createHandlers(worker), schedules: [] });
  const drawRules = { leadSeconds };
  const scheduler = createRoomScheduler({ ...worker.rooms, drawRules });
  worker.closers.add('scheduler', () => scheduler.close());
  const { db } = worker;

  if (!isEmpty) await seedSender(db, config.ENCRYPTION_KEY);
  let api = await startApi();

  async function startApi() {
    const service = composePatient(config, silentLog);
    const server = await serve(createApp(service), { host: '127.0.0.1', port, reusePort: false });
    return {
      service,
      close: async () => {
        await server.close();
        await service.closers.close();
      },
    };
  }

  const commit = (eventId: string, freezesAt: Date) =>
    transaction(db, (tx) => commitDraw({ ...worker.rooms, drawRules }, tx, { eventId, freezesAt }));

  return {
    origin: `http://127.0.0.1:${port}`,
    sandboxUrl: sandbox.url,
    db,
    service: () => api.service,
    /** An event on sale for nothing, with a waiting room that takes places now and freezes in an hour. */
    room: async (
      options: { difficulty?: number; rateMax?: number; price?: number; city?: string } = {},
    ): Promise<TestEvent> => {
      const { price = 0, city } = options;
      const event = await createEvent(db, {
        event: { refundableUntilHours: 1, ...(city === undefined ? {} : { city }) },
        categories: [{ price, name: 'Festival', capacity: 500 }],
      });
      await db.execute(sql`
        insert into waiting_rooms (event_id, organizer_id, phase, pre_queue_opens_at, freezes_at, opens_at,
          challenge_difficulty, rate_max, turn_seconds, pass_seconds)
        values (${event.id}, ${event.organizer.id}, 'closed', now(), now() + interval '1 hour', now() + interval '2 hours',
          ${options.difficulty ?? 0}, ${options.rateMax ?? 100}, 60, 600)`);
      await commit(event.id, new Date(Date.now() + hour));
      // The API reads rooms once a second. Until then it does not know the event where it does not query Postgres.
      const places = `http://127.0.0.1:${port}/v1/events/${event.slug}/queue/places`;
      await until(async () => (await fetch(places, { method: 'POST' })).status !== 404);
      return event;
    },
    /** Freezes the list now, and opens the sale once it is drawn. */
    freezeNow: async (event: Pick<TestEvent, 'id'>): Promise<void> => {
      const freezesAt = new Date(Date.now() + 1000);
      await db.execute(sql`
        update waiting_rooms set freezes_at = ${freezesAt.toISOString()},
          opens_at = ${freezesAt.toISOString()}::timestamptz + interval '5 seconds'
        where event_id = ${event.id}`);
      await commit(event.id, freezesAt);
    },
    set: async (
      event: TestEvent,
      change: { phase?: string; rateMax?: number; lapsedBelow?: number; serving?: number; isPaused?: boolean },
    ): Promise<void> => {
      await db.execute(sql`
        update waiting_rooms set phase = coalesce(${change.phase ?? null}, phase),
          paused = coalesce(${change.isPaused ?? null}::boolean, paused),
          paused_at = case coalesce(${change.isPaused ?? null}::boolean, paused) when true then now() end,
          rate_max = coalesce(${change.rateMax ?? null}::float8, rate_max),
          serving = greatest(serving, coalesce(${change.serving ?? null}::float8, serving)),
          lapsed_below = coalesce(${change.lapsedBelow ?? null}::integer, lapsed_below)
        where event_id = ${event.id}`);
    },
    connectGateway: (event: TestEvent) => connectSandboxAccount(db, config.ENCRYPTION_KEY, event),
    /** The buyer pays at the gateway. */
    pay: async (orderId: string, method: string): Promise<void> => {
      const [attempt] = await rowsOf<{ id: string }>(
        db,
        sql`select id from payment_attempts where order_id = ${orderId} order by number desc limit 1`,
      );
      const answer = await fetch(`${sandbox.url}/control/payments/${attempt?.id ?? ''}/pay`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ method }),
      });
      if (!answer.ok) throw new Error(`paying answered ${answer.status}: ${await answer.text()}`);
    },
    /** Other buyers, who need no browser. */
    others: async (event: TestEvent, count: number): Promise<void> => {
      for (let n = 0; n < count; n += 1) {
        const accountKey = buyerKey(config.HASH_SECRET, 'email', `other.${n}@pembeli.test`);
        const token = signBuyerToken(config.QUEUE_TOKEN_SECRET, { accountKey, until: new Date(Date.now() + hour) });
        const base = `http://127.0.0.1:${port}/v1/events/${event.slug}/queue`;
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
        const asked = await fetch(`${base}/challenges`, { method: 'POST', headers });
        const challenge = asked.status === 201 ? await solved((await asked.json()) as Challenge) : undefined;
        const joined = await fetch(`${base}/places`, { method: 'POST', headers, body: JSON.stringify({ challenge }) });
        if (joined.status !== 201) throw new Error(`joining answered ${joined.status}`);
      }
    },
    /** The code that was mailed last to this address. */
    codeFor: async (email: string): Promise<string> => {
      let code: string | undefined;
      await until(async () => {
        const list = await read<{ data: { id: string }[] }>(`${sandbox.url}/inbox?to=${encodeURIComponent(email)}`);
        const [latest] = list.data;
        if (latest === undefined) return false;
        const mail = await read<{ text: string }>(`${sandbox.url}/inbox/${latest.id}`);
        code = /\b(\d{3}) ?(\d{3})\b/.exec(mail.text)?.slice(1).join('');
        return code !== undefined;
      });
      return code ?? '';
    },
    /** The link in the latest mail to this address whose path begins so. */
    linkFor: async (email: string, path: string): Promise<string> => {
      let link: string | undefined;
      await until(async () => {
        const list = await read<{ data: { id: string }[] }>(`${sandbox.url}/inbox?to=${encodeURIComponent(email)}`);
        const mail = await read<{ text?: string }>(`${sandbox.url}/inbox/${list.data[0]?.id ?? 'none'}`);
        link = mail.text?.match(/https?:\/\/\S+/g)?.find((one) => new URL(one).pathname.startsWith(path));
        return link !== undefined;
      });
      return link ?? '';
    },
    /** The code that was sent last to this phone, given as digits with the country's. */
    codeOnPhone: async (digits: string): Promise<string> => {
      let code: string | undefined;
      await until(async () => {
        const list = await read<{ data: unknown[] }>(`${sandbox.url}/whatsapp/messages?to=${digits}`);
        code = /"(\d{6})"/.exec(JSON.stringify(list.data[0] ?? ''))?.[1];
        return code !== undefined;
      });
      return code ?? '';
    },
    restartApi: async (whileAway: () => Promise<void>): Promise<void> => {
      await api.close();
      await whileAway();
      api = await startApi();
    },
    close: async () => {
      await api.close();
      await worker.closers.close();
      await sandbox.close();
      await redis.close();
      await database.close();
    },
  };
}

const solved = (challenge: Challenge) => solveChallenge(challenge, { difficulty: 0, onProgress: () => undefined });

async function read<Body>(url: string): Promise<Body> {
  return (await (await fetch(url)).json()) as Body;
}
