import { Hono } from 'hono';
import { debugRoutes } from './debug-routes.ts';
import { registry } from '../../platform/metrics.ts';
import { orAfter } from '../../platform/resilience/deadline.ts';

/** A dependency that must answer before traffic may come. `check` throws if it does not. */
export type Probe = { readonly name: string; check(): Promise<void> };

/** Where a process is in its life. It may get traffic only while it is `serving`. */
export type Phase = 'starting' | 'serving' | 'draining';

const probeDeadlineMs = 1000;

/**
 * The operations port: liveness, readiness, metrics, profiles. On the loopback by default, never public. It answers
 * before the process serves, so readiness waits for `serving`. When the process stops, `draining` first turns readiness
 * off, so that load balancers move on in time.
 */
export function operationsApp(options: {
  probes: readonly Probe[];
  phase: () => Phase;
  /** The reason why only a restart helps, or undefined. */
  fault?: () => string | undefined;
  /** The operator's token. Without one, routes that need it do not exist. */
  token?: string | undefined;
  /** Routes of rooms for operators. Each checks the token. */
  routes?: Hono | undefined;
}): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => {
    const fault = options.fault?.();
    return c.json({ status: fault ?? 'ok' }, fault === undefined ? 200 : 503);
  });
  app.get('/readyz', async (c) => {
    const faults = (await Promise.all(options.probes.map(fault))).filter((name) => name !== undefined);
    const phase = options.phase();
    if (phase !== 'serving') faults.push(phase);
    return c.json({ status: faults.length === 0 ? 'ready' : 'not_ready', faults }, faults.length === 0 ? 200 : 503);
  });
  app.get('/metrics', async (c) => c.text(await registry.metrics(), 200, { 'content-type': registry.contentType }));
  if (options.token !== undefined) app.route('/', debugRoutes(options.token));
  if (options.routes !== undefined) app.route('/', options.routes);
  return app;
}

async function fault(probe: Probe): Promise<string | undefined> {
  const checked = probe.check().then(
    () => undefined,
    () => probe.name,
  );
  return orAfter(probeDeadlineMs, checked, () => probe.name);
}
