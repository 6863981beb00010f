import { getPriority, setPriority } from 'node:os';
import { loadConfig } from '../src/config.ts';
import { type Phase, operationsApp } from '../src/http/server/health.ts';
import { serve } from '../src/http/server/serve.ts';
import { jobs } from '../src/jobs.ts';
import { openProcess, whyNotStarted } from '../src/open-process.ts';
import { ping } from '../src/platform/database/db.ts';
import { onStopSignal } from '../src/platform/resilience/shutdown.ts';
import { alertRoutes } from '../src/notifications/index.ts';
import { problems } from '../src/problems.ts';
import { createRoomScheduler } from '../src/waiting-room/index.ts';
import { boardRoutes } from './watching/board-routes.ts';
import { composeWorker } from './compose-worker.ts';
import { endWhenStuck } from './watching/end-when-stuck.ts';
import { createHandlers, createInPlaceActs, recurring } from './handlers.ts';
import { schedulesOf } from './schedules.ts';
import { QueueRedisError, type RunningWorker, startWorker } from './start-worker.ts';

/**
 * Lowers the worker's priority, so that an API on the same processors goes first: a person waits for a request, but a mail can wait a
 * second. Lowering needs no privilege. Returns the error if it is not allowed; the worker then runs at normal priority.
 */
function giveWay(niceness: number): unknown {
  try {
    setPriority(Math.max(getPriority(), niceness));
    return undefined;
  } catch (error) {
    return error;
  }
}

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const notAllowed = giveWay(config.WORKER_NICENESS);
  const { log, service } = await openProcess('worker', config, composeWorker);
  if (notAllowed !== undefined) log.warn({ err: notAllowed }, 'WORKER_NICENESS has no effect here');

  let isDraining = false;
  const started: { worker?: RunningWorker } = {};
  const queueAnswers = async () => {
    if (started.worker === undefined) throw new Error('the worker has not started');
    await started.worker.ping();
  };
  const operations = await serve(
    operationsApp({
      probes: [
        { name: 'postgres', check: () => ping(service.db) },
        { name: 'queue', check: queueAnswers },
      ],
      phase: () => phaseOf({ isDraining, isWorking: started.worker !== undefined }),
      fault: () => started.worker?.fault(),
      token: config.OPERATIONS_TOKEN,
      routes:
        config.OPERATIONS_TOKEN === undefined
          ? undefined
          : boardRoutes({ token: config.OPERATIONS_TOKEN, queues: () => started.worker?.queues }).route(
              '/',
              alertRoutes({ config, log, problems, token: config.OPERATIONS_TOKEN }),
            ),
    }),
    { host: config.OPERATIONS_HOST, port: config.OPERATIONS_PORT, reusePort: false },
  );
  service.closers.add('operations server', () => operations.close());
  onStopSignal(async () => {
    isDraining = true;
    log.info('stopping');
    await service.closers.close();
    log.flush();
  });
  const handlers = createHandlers(service);
  started.worker = await startWorker({
    ...service,
    jobs,
    handlers,
    inPlace: createInPlaceActs(service, handlers),
    schedules: schedulesOf(jobs, recurring),
  });
  const stuck = endWhenStuck({ fault: started.worker.fault, log, end: () => process.exit(1) });
  service.closers.add('stuck watch', () => stuck.close());
  const scheduler = createRoomScheduler(service.rooms);
  service.closers.add('scheduler', () => scheduler.close());
  log.info({ operationsPort: operations.port }, 'working');
  log.flush();
}

function phaseOf({ isDraining, isWorking }: { isDraining: boolean; isWorking: boolean }): Phase {
  if (isDraining) return 'draining';
  return isWorking ? 'serving' : 'starting';
}

main().catch((error: unknown) => {
  // Nothing runs yet, so only the person who started the process reads this line.
  process.stderr.write(`${error instanceof QueueRedisError ? error.message : whyNotStarted(error)}\n`);
  process.exit(1);
});
