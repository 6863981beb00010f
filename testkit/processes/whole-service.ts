import { demoOrganizerSlug, seedAccounts } from '../../drizzle/seed/seed-accounts.ts';
import { freePort } from '../../deploy/local/host/ports.ts';
import { startSandbox } from '../../sandbox/start-sandbox.ts';
import { createApp } from '../../src/app.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { serve } from '../../src/http/server/serve.ts';
import { jobs } from '../../src/jobs.ts';
import type { Log } from '../../src/platform/log.ts';
import { composeWorker } from '../../workers/compose-worker.ts';
import { createHandlers } from '../../workers/handlers.ts';
import { startWorker } from '../../workers/start-worker.ts';
import { createTestDatabase } from '../services/database.ts';
import { type TestEvent, createEvent } from '../factories.ts';
import { createTestRedis } from '../services/redis.ts';
import { sandboxEnvironment, testEnvironment } from './environment.ts';
import { composePatient } from './service.ts';
import { silentLog } from './worker.ts';

export type WholeService = {
  readonly config: Config;
  /** The database as the owner of its tables, past PgBouncer. */
  readonly directUrl: string;
  readonly url: string;
  readonly sandboxUrl: string;
  /** On sale now, of the demo organizer, whose staff and payment account are there. */
  readonly event: TestEvent;
  close(): Promise<void>;
};

/** API, worker and the outside world, as `npm start` has them, in this process and on data of its own. */
export async function startWholeService(log: Log = silentLog): Promise<WholeService> {
  const [database, redis, port] = await Promise.all([createTestDatabase(), createTestRedis(), freePort()]);
  const sandbox = await startSandbox();
  const url = `http://127.0.0.1:${port}`;
  const config = loadConfig({
    ...testEnvironment(database, redis),
    ...sandboxEnvironment(sandbox),
    PUBLIC_URL: url,
  });
  const worker = composeWorker(config, log);
  await startWorker({ ...worker, jobs, handlers: createHandlers(worker), schedules: [] });
  const organizerId = await seedAccounts(worker.db, config.ENCRYPTION_KEY);
  const hour = 3_600_000;
  const event = await createEvent(worker.db, {
    organizer: { id: organizerId, slug: demoOrganizerSlug },
    // Its doors are open.
    event: { doorsOpenAt: new Date(Date.now() - hour), startsAt: new Date(Date.now() + hour) },
  });
  const service = composePatient(config, log);
  const server = await serve(createApp(service), { host: '127.0.0.1', port, reusePort: false });
  return {
    config,
    directUrl: database.directUrl,
    url,
    sandboxUrl: sandbox.url,
    event,
    close: async () => {
      await server.close();
      await service.closers.close();
      await worker.closers.close();
      await sandbox.close();
      await redis.close();
      await database.close();
    },
  };
}
