import { type ScryptOptions, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { createApp } from '../../../src/app.ts';
import { createScanLane } from '../../../src/check-in/index.ts';
import { checkInTickets } from '../../../src/check-in/scans/queries.ts';
import { type Service, compose } from '../../../src/compose.ts';
import { loadConfig } from '../../../src/config.ts';
import { operationsApp } from '../../../src/http/server/health.ts';
import { serve } from '../../../src/http/server/serve.ts';
import { createPlacement } from '../../../src/orders/index.ts';
import { renderTickets } from '../../../src/orders/tickets/render-tickets.ts';
import { createCallbackInbox, totalMaxes } from '../../../src/payments/index.ts';
import { storeCallbacks } from '../../../src/payments/callbacks/queries.ts';
import { createLog } from '../../../src/platform/log.ts';
import { startTracing } from '../../../src/platform/tracing/start-tracing.ts';
import { onStopSignal } from '../../../src/platform/resilience/shutdown.ts';
import { apiProbes } from '../../../src/readiness.ts';
import { joinPlaces } from '../../../src/waiting-room/places/queries.ts';
import { callPerItem } from '../controls/call-per-item.ts';
import { placementPerTransaction } from '../controls/placement-per-transaction.ts';
import { withoutShedder } from '../controls/without-shedder.ts';

/** The API, except for the one part that a bench replaces by its control. */
const config = loadConfig(process.env);
const log = createLog({ level: config.LOG_LEVEL, process: 'bench-api' });
const tracing = await startTracing({ config, process: 'bench-api' });
const composed = compose(config, log);
const written = process.env['BENCH_WRITES'] === 'one_by_one' ? withControls(composed) : composed;
const shed = process.env['BENCH_SHEDDING'] === 'off' ? withoutShedding(written) : written;
const service = process.env['BENCH_HEAVY'] === 'loop' ? withoutHelpers(shed) : shed;
const server = await serve(createApp(service), {
  host: config.HOST,
  port: config.PORT,
  reusePort: true,
  trustedProxies: config.TRUSTED_PROXIES,
});
const operations = await serve(operationsApp({ probes: apiProbes(service), phase: () => 'serving' }), {
  host: config.OPERATIONS_HOST,
  port: config.OPERATIONS_PORT,
  reusePort: false,
});
onStopSignal(async () => {
  await Promise.all([server.close(), operations.close()]);
  await service.closers.close();
  await tracing?.close();
});

function withControls(product: Service): Service {
  const db = product.writeDb;
  return {
    ...product,
    placement: placementPerTransaction(db, config.HELD_PER_NETWORK_MAX),
    inbox: callPerItem((_lane, items) => storeCallbacks(db, items)),
    joinLane: callPerItem((eventId, wishes) => joinPlaces(db, eventId, wishes)),
    scans: callPerItem((eventId, scans) => checkInTickets(db, eventId, scans)),
  };
}

function withoutShedding(product: Service): Service {
  const db = product.writeDb;
  const flushesMax = Math.max(1, config.DATABASE_WRITE_POOL_SIZE - 1);
  return {
    ...withoutShedder(product),
    placement: createPlacement({
      db,
      flushesMax,
      heldPerNetworkMax: config.HELD_PER_NETWORK_MAX,
      totalMaxes,
      areSalesStopped: () => false,
    }),
    inbox: createCallbackInbox({ db, flushesMax }),
    scans: createScanLane({ db, flushesMax }),
  };
}

/** Heavy work without helper processes: pages on the event loop, passwords on Node's own pool. */
function withoutHelpers(product: Service): Service {
  const scryptAsync = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
  const derive = (password: string) =>
    scryptAsync(password, randomBytes(16), 32, { N: 2 ** 15, r: 8, p: 3, maxmem: 128 * 1024 * 1024 });
  return {
    ...product,
    ticketPrinter: {
      takes: () => true,
      print: async (_orderId, _version, input) => new Uint8Array(await renderTickets(input)),
      close: () => Promise.resolve(),
    },
    passwords: { ...product.passwords, verify: async (password) => (await derive(password)).length === 0 },
  };
}
