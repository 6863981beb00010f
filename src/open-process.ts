import { type Config, ConfigError } from './config.ts';
import { adviceOn } from './platform/database/db-errors.ts';
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

type Place = { readonly hostname?: string; readonly address?: string; readonly port?: number };

/** Why a process did not start: one sentence for what its operator can mend, the stack for everything else. */
export function whyNotStarted(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const { code, syscall, hostname, address, port } = error as NodeJS.ErrnoException & Place;
  const place = `${address}:${port}`;
  if (code === 'EADDRINUSE')
    return `${place} is taken; end the process that listens there, or choose another PORT or OPERATIONS_PORT`;
  if (code === 'EADDRNOTAVAIL') return `${place} is no address of this machine; is HOST or OPERATIONS_HOST right?`;
  if (code === 'EACCES' && port !== undefined)
    return `${place} may not be listened on by this user; choose a PORT or OPERATIONS_PORT above 1023`;
  if (syscall === 'getaddrinfo')
    return `"${hostname}" is the name of no machine (${code}); are HOST, OPERATIONS_HOST and DATABASE_URL right?`;
  return adviceOn(error) ?? error.stack ?? error.message;
}
