import { sql } from 'drizzle-orm';
import { rowsOf } from '../../../src/platform/database/db.ts';
import type { Drill } from '../drill.ts';
import { type Scene, saleDrill } from '../sale/sale-drill.ts';
import type { Mutant } from '../world/mutants.ts';
import { type Part, freeze, killAndStart } from './processes.ts';
import { selling, shortSale, unknownOutcomeSeconds, withoutKeyLookup } from '../sale/selling.ts';

const killEveryMs = 5000;
const kills = 3;
const deadForMs = 2000;
const stillForMs = 10_000;
/** Longer than a job's lock and the search for stalled jobs, so that another worker takes the jobs over meanwhile. */
const workerStillForMs = 45_000;

const withoutTakeOver: Mutant = {
  without: 'a message whose sender died is taken over by another worker',
  edits: [
    {
      file: 'drizzle/functions/notifications/claim_deliveries.sql',
      text: "or (d.status = 'sending' and d.sending_at <= now() - make_interval(secs => p_sending_max_seconds))",
      instead: '',
    },
  ],
};

const withoutFlush: Mutant = {
  without: 'a commit is on disk before it is answered (synchronous_commit)',
  edits: [],
  statements: ['alter role antre_app set synchronous_commit = off'],
};

const sendingWithinMs = 2000;

/** Waits for a moment in which the worker has claimed messages, so that a kill hits some. */
async function untilSending({ world, sale, wait }: Scene): Promise<void> {
  const giveUpAt = performance.now() + sendingWithinMs;
  do {
    const [row] = await rowsOf<{ sending: boolean }>(
      world.owner.db,
      sql`select exists (select 1 from deliveries where event_id = ${sale.id} and status = 'sending') as sending`,
    );
    if (row?.sending === true) return;
  } while ((await wait(2)) && performance.now() < giveUpAt);
}

/** Kills the part three times, each at a random moment, and leaves it dead for two seconds. */
async function killThrice(scene: Scene, part: Part): Promise<void> {
  const apartMs = (scene.seconds * 1000) / (kills + 1);
  for (let number = 0; number < kills; number += 1) {
    if (!(await scene.wait(apartMs * (0.5 + scene.random() / 2)))) return;
    await killAndStart(scene, part, deadForMs);
  }
}

function killed(part: Part, mutant?: Mutant): Drill {
  return saleDrill({
    ...selling,
    ...shortSale,
    fault: `${part}: kill -9 of all its processes, three times, each time dead for ${deadForMs / 1000} s`,
    proof: 'Another process id after each kill.',
    stallMaxSeconds: unknownOutcomeSeconds,
    strike: (scene) => killThrice(scene, part),
    ...(mutant === undefined ? {} : { mutant }),
  });
}

function frozen(part: Part, milliseconds = stillForMs): Drill {
  return saleDrill({
    ...selling,
    ...shortSale,
    fault: `${part}: SIGSTOP of all its processes for ${milliseconds / 1000} s${part === 'worker' ? ', while a second worker runs' : ''}`,
    proof: 'The processes are in the state "stopped".',
    ...(part === 'worker' ? { world: { workers: 2 } } : {}),
    stallMaxSeconds: unknownOutcomeSeconds,
    strike: async (scene) => {
      await scene.wait(scene.seconds * 1000 * (0.2 + scene.random() / 5));
      await freeze(scene, part, milliseconds);
    },
  });
}

export const processDrills: Readonly<Record<string, Drill>> = {
  'worker-kills': saleDrill({
    ...selling,
    fault: `worker: kill -9 every ${killEveryMs / 1000} s`,
    proof: 'Another process id after each kill.',
    orders: 20_000,
    minutes: 3,
    stallMaxSeconds: unknownOutcomeSeconds,
    strike: async (scene) => {
      while (await scene.wait(killEveryMs)) {
        await untilSending(scene);
        await killAndStart(scene, 'worker');
      }
    },
    mutant: withoutTakeOver,
  }),
  'api-killed': killed('api', withoutKeyLookup),
  'pgbouncer-killed': killed('pgbouncer', withoutKeyLookup),
  'postgres-killed': killed('postgres', withoutFlush),
  'redis-cache-killed': killed('redis-cache'),
  'redis-queue-killed': killed('redis-queue'),
  'api-frozen': frozen('api'),
  'worker-frozen': frozen('worker', workerStillForMs),
  'pgbouncer-frozen': frozen('pgbouncer'),
  'postgres-frozen': frozen('postgres'),
  'redis-cache-frozen': frozen('redis-cache'),
  'redis-queue-frozen': frozen('redis-queue'),
};
