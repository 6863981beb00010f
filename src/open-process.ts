import { type Config, ConfigError } from './config.ts';
import type { Db } from './platform/database/db.ts';
import { type Log, createLog } from './platform/log.ts';
import { collectProcessMetrics } from './platform/metrics.ts';
import { watchStalls } from './platform/profiling/watch-stalls.ts';
import type { Closers } from './platform/resilience/shutdown.ts';
import { startTracing } from './platform/tracing/start-tracing.ts';
import { refusesToStart } from './readiness.ts';

/**
 * Opens the shared parts of an API process and a worker: log, metrics, tracing, and the watch of the event loop.
 * @param compose builds the service of this process
 * @throws ConfigError also if production must not start in this state
 */
export async function openProcess<
  Service extends { readonly config: Config; readonly db: Db; readonly log: Log; readonly closers: Closers },
>(kind: 'api' | 'worker', config: Config, compose: (config: Config, log: Log) => Service) {
  const log = createLog({ level: config.LOG_LEVEL, process: kind, isTraced: config.TRACING_OTLP_URL !== undefined });
  collectProcessMetrics();
  // Before anything is opened that it traces.
  const tracing = await startTracing({ config, process: kind });
  const service = compose(config, log);
  const refusal = await refusesToStart(service);
  if (refusal !== undefined) throw new ConfigError([refusal]);

  service.closers.add('tracing', () => tracing?.close());
  if (config.STALL_LOG_MS > 0) {
    const stalls = watchStalls({ stallMs: config.STALL_LOG_MS, log });
    service.closers.add('stalls', () => stalls.close());
  }
  return { log, service };
}
