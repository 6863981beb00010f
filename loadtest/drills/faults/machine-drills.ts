import { sql } from 'drizzle-orm';
import { signalIfAlive } from '../../../deploy/local/host/process-identity.ts';
import { ordersUnpaid } from '../../../src/orders/jobs.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import type { Supervised } from '../../../deploy/local/host/supervisor.ts';
import { familyOf } from '../../bench/harness/pinning.ts';
import type { Drill } from '../drill.ts';
import { type Scene, saleDrill } from '../sale/sale-drill.ts';
import { forOneNetwork, selling, unknownOutcomeSeconds } from '../sale/selling.ts';
import { controlSandbox } from '../world/control-sandbox.ts';
import type { Mutant } from '../world/mutants.ts';
import type { Machine } from '../world/network.ts';
import { machineOperationsPort } from '../world/start-programs.ts';
import { processOf } from './processes.ts';

const orders = 4500;
const minutes = 1.5;
/** Longer than a worker may claim a message, so that the other worker takes them over meanwhile. */
const cutForMs = 45_000;
/** For a sale of this length. A shorter sale has a shorter fault. */
const cutShareMax = 0.5;
/**
 * The edge notices after 2 s that a machine does not accept connections, and a buyer after 6 s that no answer comes.
 */
const silenceMaxSeconds = 10;
/** Each message takes this long, so that a worker always has some claimed. */
const messageTakesMs = 1500;
/** A worker that is not cut off has finished its claimed messages by then. */
const finishedWithinMs = 3000;
const looksMs = 1000;

const withoutTakeOver: Mutant = {
  without: 'a job whose worker is gone is handed over again when its lease has ended',
  edits: [
    {
      file: 'workers/relay/relay.ts',
      text: 'await leaseOverdueJobs(deps.db, Object.keys(deps.jobs), overdueRoundMax);',
      instead: '[];',
    },
  ],
};

const ranOn = 'api-1 cut off the network while its process ran on';
const lost = 'worker-1 cut off and killed, and started as another process';
const inHands = 'jobs that the cut worker had in its hands';

/**
 * Unplugs one API machine, which keeps running, and one worker machine, which also loses power, and plugs them in
 * again.
 */
async function cutMachines(scene: Scene): Promise<void> {
  const { world, strikes, wait, seconds } = scene;
  const [api, worker] = [world.machines.get('api-1'), world.machines.get('worker-1')];
  if (api === undefined || worker === undefined) throw new Error('there are no machines');
  for (const what of [ranOn, lost, inHands]) strikes.expect(what);
  await wait(seconds * 300);
  const atMs = Date.now();
  await Promise.all([api.cutOff(), worker.cutOff()]);
  const child = processOf(world, 'worker');
  const before = child.pid();
  for (const pid of familyOf(before)) signalIfAlive(pid, 'SIGKILL');
  await wait(finishedWithinMs);
  strikes.count(inHands, await jobsTakenBefore(world, atMs));
  const isApart = await isSilent(api, processOf(world, 'api'));
  await wait(Math.min(cutForMs, seconds * 1000 * cutShareMax) - finishedWithinMs);
  await Promise.all([api.join(), worker.join()]);
  if (isApart) strikes.note(ranOn, atMs);
  await child.start();
  if (child.pid() !== before) strikes.note(lost, atMs);
}

/** Jobs that a worker took before that moment and has not finished. */
async function jobsTakenBefore({ owner }: Scene['world'], atMs: number): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    owner.db,
    sql`select count(*)::int as count from outbox
        where relays = 1 and name <> ${ordersUnpaid.name} and available_at <= to_timestamp(${atMs / 1000}) + interval '30 seconds'`,
  );
  return row?.count ?? 0;
}

/** Whether a program runs but its network sends nothing. */
async function isSilent({ address }: Machine, child: Supervised): Promise<boolean> {
  const url = `http://${address}:${machineOperationsPort}/readyz`;
  const answers = await fetch(url, { signal: AbortSignal.timeout(looksMs) }).then(
    () => true,
    () => false,
  );
  return !answers && child.pid() !== 0;
}

export const machineDrills: Readonly<Record<string, Drill>> = {
  machines: saleDrill({
    ...selling,
    does: `${selling.does} On several machines, each in a network namespace of its own: two with an API process, two with a worker, each with a PgBouncer; Postgres, Redis and the edge (\`least_conn\`) on another.`,
    fault: `one API machine and one worker machine: the cable is out for ${cutForMs / 1000} s (half of a shorter sale); the API process runs on, the worker has lost its power`,
    proof: 'The API process lives and does not answer. The worker is another process, and had jobs in its hands.',
    holds: `${selling.holds} Buyers are told of orders without a pause of more than ${silenceMaxSeconds} s.`,
    orders,
    minutes,
    stallMaxSeconds: unknownOutcomeSeconds,
    silenceMaxSeconds,
    world: {
      apis: 2,
      workers: 2,
      edge: true,
      machines: true,
      environment: forOneNetwork,
    },
    beside: async ({ world }) => {
      await controlSandbox(world.sandbox.url, 'whatsapp/rules', { delayMs: messageTakesMs });
      return { faults: [], facts: {} };
    },
    strike: cutMachines,
    mutant: withoutTakeOver,
  }),
};
