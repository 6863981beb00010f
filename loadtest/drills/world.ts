import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { freePort } from '../../deploy/local/host/ports.ts';
import type { Supervised } from '../../deploy/local/host/supervisor.ts';
import { dataFolder, repositoryFolder } from '../../deploy/local/places.ts';
import { discardData } from '../../deploy/local/services/discard-data.ts';
import { type Services, startServices } from '../../deploy/local/services/start-services.ts';
import { nodeArguments } from '../../deploy/local/stack/node-arguments.ts';
import { migrate } from '../../drizzle/migrate.ts';
import { newCredential } from '../../src/access/credentials/credential.ts';
import { type OpenDb, openDb } from '../../src/platform/database/db.ts';
import { encrypt } from '../../src/platform/crypto.ts';
import { newId } from '../../src/platform/ids.ts';
import { accountContext } from '../../src/payments/accounts/payment-accounts.ts';
import { type TestEvent, createEvent } from '../../testkit/factories.ts';
import { apiEnvironment, benchEncryptionKey } from '../bench/harness/api-environment.ts';
import { insertOrdersInPayment, insertTickets } from '../bench/fill/bulk-orders.ts';
import { endOnSignal, isInterrupted } from '../bench/harness/interruption.ts';
import { demoMidtransAccount } from '../../sandbox/demo-accounts.ts';
import { type Sandbox, startSandbox } from '../../sandbox/start-sandbox.ts';
import { controlSandbox } from './control-sandbox.ts';

/** The whole product with the sandbox, on servers that a drill may break. */
export type DrillWorld = {
  readonly services: Services;
  readonly sandbox: Sandbox;
  readonly worker: Supervised;
  readonly url: string;
  /** Past PgBouncer and without the service's timeouts: for seeds and the audit. */
  readonly owner: OpenDb;
  readonly orderTokenSecret: string;
  /** Sold during the drill, and paid at the sandbox after a while. */
  readonly sale: TestEvent;
  /** Its orders wait for payment. Callbacks are about them. */
  readonly waiting: TestEvent;
  /** Its tickets are sold and can be scanned. */
  readonly door: { readonly event: TestEvent; readonly secret: string; readonly token: string };
  close(): Promise<void>;
};

const hour = 3_600_000;
const seededOrders = 20_000;
const seededTickets = 20_000;
/** Payments by buyers at the sandbox, all the time. */
export const autoPay = { afterMs: 3000, jitterMs: 2000, method: 'qris', probability: 0.7 };
const endless = 100_000_000;

/** @throws after stopping everything that was started and deleting its data */
export async function openDrillWorld(): Promise<DrillWorld> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  const forget = endOnSignal(close);
  const closeAndForget = async () => {
    if (isInterrupted()) return;
    forget();
    await close();
  };
  try {
    return { ...(await startWorld(closers)), close: closeAndForget };
  } catch (error) {
    await closeAndForget();
    throw error;
  }
}

/** @param closers stop what was started, in the order of the starts */
async function startWorld(closers: (() => Promise<unknown>)[]): Promise<Omit<DrillWorld, 'close'>> {
  const folder = join(dataFolder, `drill-${process.pid}`);
  const port = await freePort();
  const sandbox = await startSandbox({ timeScale: 0.1, notificationUrl: `http://127.0.0.1:${port}/unused` });
  closers.push(() => sandbox.close());
  closers.push(() => discardData(folder));
  const services = await startServices({ dataFolder: folder, ports: 'free', durable: true });
  closers.push(() => services.stop());
  await migrate({ url: services.addresses.databaseDirectUrl });
  const owner = openDb({
    url: services.addresses.databaseDirectUrl,
    name: 'owner',
    poolSize: 2,
    acquireTimeoutMs: 30_000,
    callTimeoutMs: 120_000,
    prepare: false,
  });
  closers.push(() => owner.close());
  const seeds = await seed(owner);
  await controlSandbox(sandbox.url, 'scenarios', { autoPay });
  const environment = async (): Promise<NodeJS.ProcessEnv> => ({
    ...apiEnvironment({ addresses: services.addresses, port, operationsPort: await freePort(), processes: 1, api: {} }),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    MIDTRANS_SNAP_URL: `${sandbox.url}/midtrans`,
    MIDTRANS_API_URL: `${sandbox.url}/midtrans`,
    MIDTRANS_CREATES_PER_SECOND: '200',
    GATEWAY_TIMEOUT_MS: '3000',
    WHATSAPP_GRAPH_URL: `${sandbox.url}/graph`,
    SMTP_URL: sandbox.smtpUrl,
  });
  const start = async (name: string, script: string) => {
    const variables = await environment();
    return services.supervisor.start({
      name,
      command: process.execPath,
      args: [...nodeArguments, join(repositoryFolder, script)],
      folder: repositoryFolder,
      environment: variables,
      stopSteps: [['SIGTERM', 12_000]],
      readyDeadlineMs: 30_000,
      isReady: async () =>
        (
          await fetch(`http://127.0.0.1:${variables['OPERATIONS_PORT'] ?? ''}/readyz`, {
            signal: AbortSignal.timeout(2000),
          })
        ).ok,
    });
  };
  await start('api', 'src/main.ts');
  const worker = await start('worker', 'workers/main.ts');
  const orderTokenSecret = String((await environment())['ORDER_TOKEN_SECRET']);
  return { services, sandbox, worker, url: `http://127.0.0.1:${port}`, owner, orderTokenSecret, ...seeds };
}

async function seed({ db }: OpenDb): Promise<Pick<DrillWorld, 'sale' | 'waiting' | 'door'>> {
  const sale = await createEvent(db, {
    event: { holdSeconds: 3600 },
    categories: [{ capacity: endless }],
  });
  const waiting = await createEvent(db, { organizer: sale.organizer, categories: [{ capacity: seededOrders }] });
  const { serverKey, clientKey, merchantId } = demoMidtransAccount;
  const credentials = encrypt(
    benchEncryptionKey,
    JSON.stringify({ serverKey, clientKey }),
    accountContext('midtrans', sale.organizer.id),
  );
  await db.execute(sql`
    insert into payment_accounts (organizer_id, gateway, merchant_id, credentials)
    values (${sale.organizer.id}, 'midtrans', ${merchantId}, ${credentials})`);
  await insertOrdersInPayment(db, waiting, { first: 0, last: seededOrders - 1 });
  return { sale, waiting, door: await seedDoor(db) };
}

async function seedDoor(db: OpenDb['db']): Promise<DrillWorld['door']> {
  const now = Date.now();
  const endsAt = new Date(now + 12 * hour);
  const event = await createEvent(db, {
    event: { startsAt: new Date(now + hour), endsAt, doorsOpenAt: new Date(now - hour), ticketsPerOrderMax: 10 },
    categories: [{ capacity: seededTickets, price: 0, saleClosesAt: endsAt }],
  });
  const secret = randomBytes(8).toString('hex');
  await insertTickets(db, event, { count: seededTickets, secret });
  const device = newCredential('device', { ENCRYPTION_KEY: benchEncryptionKey });
  await db.execute(sql`
    insert into devices (id, organizer_id, event_id, name, token_hash, created_by, responsible_id)
    values (${newId('dev')}, ${event.organizer.id}, ${event.id}, 'Drill', decode(${device.hash.toString('hex')}, 'hex'), 'drill', 'drill')`);
  return { event, secret, token: device.text };
}
