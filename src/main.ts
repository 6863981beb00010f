import { serve } from './http/server/serve.ts';
import { type Phase, operationsApp } from './http/server/health.ts';
import { loadConfig } from './config.ts';
import { compose } from './compose.ts';
import { createApp } from './app.ts';
import { operatorRoutes } from './operator-routes.ts';
import { openProcess, whyNotStarted } from './open-process.ts';
import { apiProbes, knowSwitches } from './readiness.ts';
import { onStopSignal } from './platform/resilience/shutdown.ts';

/** Long enough for a load balancer to see that this process is no longer ready. */
const leaveSeconds = 1;

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const { log, service } = await openProcess('api', config, compose);

  let phase: Phase = 'starting';
  const operations = await serve(
    operationsApp({
      probes: apiProbes(service),
      phase: () => phase,
      token: config.OPERATIONS_TOKEN,
      routes: operatorRoutes(service),
    }),
    {
      host: config.OPERATIONS_HOST,
      port: config.OPERATIONS_PORT,
      reusePort: false,
    },
  );
  service.closers.add('operations server', () => operations.close());
  await knowSwitches(service);
  const app = createApp(service);
  await app.shareFiles();
  service.closers.add('page files', app.shareFiles);
  const server = await serve(app, {
    host: config.HOST,
    port: config.PORT,
    reusePort: config.API_PROCESSES > 1,
    trustedProxies: config.TRUSTED_PROXIES,
  });
  service.closers.add('server', () => server.close());
  // Closed before the server, because the server waits for open answers.
  service.closers.add('live clients', () => service.live.drain());
  phase = 'serving';
  log.info({ port: server.port, operationsPort: operations.port }, 'serving');
  log.flush();

  onStopSignal(async () => {
    phase = 'draining';
    log.info('stopping');
    if (config.ENV === 'production') await new Promise((resolve) => setTimeout(resolve, leaveSeconds * 1000));
    await service.closers.close();
    log.flush();
  });
}

main().catch((error: unknown) => {
  // Before the service starts, only the person who started the process reads this line.
  process.stderr.write(`${whyNotStarted(error)}\n`);
  process.exit(1);
});
