import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Contract, readContract } from '../../deploy/client/contract.ts';
import { freePort } from '../../deploy/local/host/ports.ts';
import { dataFolder } from '../../deploy/local/places.ts';
import { discardData } from '../../deploy/local/services/discard-data.ts';
import { startServices } from '../../deploy/local/services/start-services.ts';
import { migrate } from '../../drizzle/migrate.ts';
import { demoOrganizerSlug, demoPassword, seedAccounts } from '../../drizzle/seed/seed-accounts.ts';
import { createApp } from '../../src/app.ts';
import { compose } from '../../src/compose.ts';
import { loadConfig } from '../../src/config.ts';
import { serve } from '../../src/http/server/serve.ts';
import { createLog } from '../../src/platform/log.ts';
import { createEvent, someBuyer } from '../../testkit/factories.ts';
import { withoutShedder } from '../bench/controls/without-shedder.ts';
import { apiEnvironment } from '../bench/harness/api-environment.ts';

/** The API on data of its own, with an organiser, an event on sale and a paid order. */
export type FuzzWorld = {
  readonly url: string;
  readonly ownerToken: string;
  readonly orderToken: string;
  /** Real ids by the name of the path parameter. */
  readonly ids: Readonly<Record<string, string>>;
  close(): Promise<void>;
};

/** Every rate limit is lifted, because a fuzzer is one client with thousands of requests. */
const limitless = {
  REQUESTS_PER_MINUTE_PER_NETWORK: '10000000',
  ORDERS_PER_MINUTE_PER_NETWORK: '10000000',
  SIGN_INS_PER_MINUTE_PER_NETWORK: '100000',
  VERIFICATIONS_PER_MINUTE_PER_NETWORK: '100000',
  HELD_PER_NETWORK_MAX: '1000000',
};

export async function openFuzzWorld(): Promise<FuzzWorld> {
  const folder = join(dataFolder, `fuzz-${process.pid}`);
  const services = await startServices({ dataFolder: folder, ports: 'free', durable: false });
  const { addresses } = services;
  const ports = { port: await freePort(), operationsPort: await freePort() };
  await migrate({ url: addresses.databaseDirectUrl });
  const url = `http://127.0.0.1:${ports.port}`;
  const environment = { ...limitless, PUBLIC_URL: url, FILES_DIR: join(folder, 'files') };
  const config = loadConfig(apiEnvironment({ addresses, ...ports, processes: 1, api: { environment } }));
  // A busy machine is not a fault of the contract.
  const service = withoutShedder(compose(config, createLog({ level: 'error', process: 'fuzz' })));
  const organizerId = await seedAccounts(service.db, config.ENCRYPTION_KEY);
  const organizer = { id: organizerId, slug: demoOrganizerSlug };
  const event = await createEvent(service.db, { organizer, categories: [{ price: 0, capacity: 100_000 }] });
  const server = await serve(createApp(service), { host: '127.0.0.1', port: ports.port, reusePort: false });
  const send = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, string>;
  };
  const session = await send('/v1/sessions', { email: 'owner@demo.test', password: demoPassword });
  const lines = [{ ticketCategoryId: event.categories[0]?.id, quantity: 1 }];
  const placed = { eventSlug: event.slug, buyer: someBuyer(), lines };
  const order = await send('/v1/orders', placed, { 'idempotency-key': randomUUID() });
  return {
    url,
    ownerToken: session['accessToken'] ?? '',
    orderToken: order['accessToken'] ?? '',
    ids: {
      slug: organizer.slug,
      eventSlug: event.slug,
      eventId: event.id,
      orderId: order['id'] ?? '',
      ticketCategoryId: event.categories[0]?.id ?? '',
      poolId: event.categories[0]?.poolId ?? '',
    },
    close: async () => {
      await server.close();
      await service.closers.close();
      await services.stop();
      await discardData(folder);
    },
  };
}

/** The contract in which the parameters of paths stand for the objects of the world, so that requests get past the addresses. */
export function contractFor({ url, ids }: FuzzWorld): Contract {
  const contract = structuredClone(readContract(url));
  for (const [path, methods] of Object.entries(contract.paths))
    for (const operation of Object.values(methods))
      for (const parameter of operation.parameters?.filter((one) => one.in === 'path') ?? []) {
        const id = ids[objectOf(path, parameter.name)];
        if (id !== undefined) Object.assign(parameter.schema, { enum: [id] });
      }
  return contract;
}

function objectOf(path: string, name: string): string {
  if (name === 'slug' && path.startsWith('/v1/events/')) return 'eventSlug';
  if (name === 'id') return path.startsWith('/v1/orders/') ? 'orderId' : 'eventId';
  return name;
}
