import { createApp } from '../../src/app.ts';
import { compose } from '../../src/compose.ts';
import { loadConfig } from '../../src/config.ts';
import { operationsApp } from '../../src/http/health.ts';
import { serve } from '../../src/http/serve.ts';
import { createLog } from '../../src/platform/log.ts';
import { onStopSignal } from '../../src/platform/shutdown.ts';
import { apiProbes } from '../../src/readiness.ts';
import { placementPerTransaction } from './placement-per-transaction.ts';

/** The API as it is, but for the one part that a bench exchanges for its control. */
const config = loadConfig(process.env);
const log = createLog({ level: config.LOG_LEVEL, process: 'bench-api' });
const composed = compose(config, log);
const service =
  process.env['BENCH_PLACEMENT'] === 'transaction'
    ? { ...composed, placement: placementPerTransaction(composed.writeDb, config.HELD_PER_NETWORK_MAX) }
    : composed;
const operations = await serve(operationsApp({ probes: apiProbes(service), isDraining: () => false }).fetch, {
  host: config.OPERATIONS_HOST,
  port: config.OPERATIONS_PORT,
  reusePort: false,
});
const server = await serve(createApp(service).fetch, { host: config.HOST, port: config.PORT, reusePort: true });
onStopSignal(async () => {
  await Promise.all([server.close(), operations.close()]);
  await service.closers.close();
});
