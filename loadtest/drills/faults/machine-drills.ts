import { sql } from 'drizzle-orm';
import { ordersUnpaid } from '../../../src/orders/jobs.ts';
import { rowsOf } from '../../../src/platform/database/db.ts';
import type { Drill } from '../drill.ts';
import { type Scene, saleDrill } from '../sale/sale-drill.ts';
import { forOneNetwork, selling, unknownOutcomeSeconds } from '../sale/selling.ts';
import { controlSandbox } from '../world/control-sandbox.ts';
import type { Mutant } from '../world/mutants.ts';
import { machineOperationsPort } from '../world/start-programs.ts';

const orders = 4500;
const minutes = 1.5;
/** Longer than a worker may keep a message in its hands, so that the other worker takes them over meanwhile. */
const cutForMs = 45_000;
/** Of a sale. A short sale has a short fault. */
const cutShareMax = 0.5;
/** The edge notices after 2 s that a machine does not accept connections, and a buyer after 6 s that no answer comes. */
const silenceMaxSeconds = 10;
/** Each message is on its way for so long, so that a worker always has some in its hands. */
const messageTakesMs = 1500;
/** A worker that is not cut off has finished by then what it had in its hands. */
const finishedWithinMs = 3000;
const looksMs = 1000;

/** A worker that comes back has given up what it could not finish, and told nobody: the outbox did not hear of it. */
const withoutTakeOver: Mutant = {
  without: 'a job whose worker is gone is handed over again when its lease has ended',
  edits: [
    {
      file: 'workers/relay.ts',
      text: 'await leaseOverdueJobs(deps.db, Object.keys(deps.jobs), overdueRoundMax);',
      instead: '[];',
    },
  ],
};

const leftAlone = (name: string) => `${name} cut off the network while its processes ran on`;
const inHands = 'jobs that the cut worker had in its hands';

/** Takes the cables out of one API machine and one worker machine, and puts them in again. */
async function cutMachines({ world, strikes, wait, seconds }: Scene): Promise<void> {
  const cut = [...world.machines.values()].filter(({ name }) => name.endsWith('-1'));
  for (const { name } of cut) strikes.expect(leftAlone(name));
  strikes.expect(inHands);
  await wait(seconds * 300);
  const atMs = Date.now();
  await Promise.all(cut.map((machine) => machine.cutOff()));
  await wait(finishedWithinMs);
  strikes.count(inHands, await jobsTakenBefore(world, atMs));
  const silent = await Promise.all(cut.map(({ name }) => isSilent(world, name)));
  await wait(Math.min(cutForMs, seconds * 1000 * cutShareMax) - finishedWithinMs);
  await Promise.all(cut.map((machine) => machine.join()));
  for (const [place, { name }] of cut.entries()) if (silent[place] === true) strikes.note(leftAlone(name), atMs);
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

/** Whether a program runs and nothing of it comes over the network. */
async function isSilent(world: Scene['world'], name: string): Promise<boolean> {
  const child = [...world.apis, ...world.workers].find((one) => one.name === name);
  const address = world.machines.get(name)?.address;
  if (child === undefined || address === undefined) return false;
  const answers = await fetch(`http://${address}:${machineOperationsPort}/readyz`, {
    signal: AbortSignal.timeout(looksMs),
  }).then(
    () => true,
    () => false,
  );
  return !answers && child.pid() !== 0;
}

export const machineDrills: Readonly<Record<string, Drill>> = {
  machines: saleDrill({
    ...selling,
    does: `${selling.does} On several machines, each in a network namespace of its own: two with an API process, two with a worker, each with a PgBouncer; Postgres, Redis and the edge (\`least_conn\`) on another.`,
    fault: `one API machine and one worker machine: the cable is out for ${cutForMs / 1000} s, and their processes run on`,
    proof: 'The processes live and do not answer. Jobs were in the hands of the worker.',
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
