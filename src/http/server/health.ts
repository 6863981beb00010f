import { Hono } from 'hono';
import { profile } from './profile.ts';
import { registry } from '../../platform/metrics.ts';
import { orAfter } from '../../platform/resilience/deadline.ts';

/** One thing that must answer before traffic may come. Throws when it does not. */
export type Probe = { readonly name: string; check(): Promise<void> };

const probeDeadlineMs = 1000;

/**
 * The operations port: liveness, readiness, metrics, profiles. Loopback by default, and never behind the public door.
 * `isDraining` turns readiness off first when the process stops, so that load balancers look elsewhere in time.
 */
export function operationsApp(options: {
  probes: readonly Probe[];
  isDraining: () => boolean;
  /** Why only a new process helps, or undefined. */
  fault?: () => string | undefined;
  /** The operator's token; without one there is nothing that needs it. */
  token?: string | undefined;
  /** What rooms add for operators; each guards itself by the token. */
  routes?: Hono | undefined;
}): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => {
    const fault = options.fault?.();
    return c.json({ status: fault ?? 'ok' }, fault === undefined ? 200 : 503);
  });
  app.get('/readyz', async (c) => {
    const faults = (await Promise.all(options.probes.map(fault))).filter((name) => name !== undefined);
    if (options.isDraining()) faults.push('draining');
    return c.json({ status: faults.length === 0 ? 'ready' : 'not_ready', faults }, faults.length === 0 ? 200 : 503);
  });
  app.get('/metrics', async (c) => c.text(await registry.metrics(), 200, { 'content-type': registry.contentType }));
  if (options.token !== undefined) app.get('/debug/profile', profile(options.token));
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
