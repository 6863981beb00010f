import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { rowsOf } from '../../../src/platform/database/db.ts';
import type { Drill } from '../drill.ts';
import { type SaleDrill, type Scene, saleDrill } from '../sale/sale-drill.ts';
import { controlSandbox } from '../world/control-sandbox.ts';
import type { Mutant } from '../world/mutants.ts';
import { type Part, freeze, killAndStart } from './processes.ts';
import { queueKilled } from './kill-queue.ts';
import { queueStallMaxSeconds } from './redis-drills.ts';
import { selling, shortSale, unknownOutcomeSeconds, withoutKeyLookup, withoutLease } from '../sale/selling.ts';

const killEveryMs = 5000;
const kills = 3;
const deadForMs = 2000;
const stillForMs = 10_000;
/** Each message takes this long, so that a worker always has some claimed. */
const messageTakesMs = 1500;
/** A worker that runs has finished the messages that it had by then. */
const finishedWithinMs = 3000;
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

const withoutDroppedSignals: Mutant = {
  without: 'a signal to the workers that Redis does not take is dropped: they look by themselves',
  edits: [
    {
      file: 'src/platform/jobs/staged-signal.ts',
      text: "if (redis.status === 'ready') redis.publish(channel, '').catch(() => {});",
      instead: "void redis.publish(channel, '');",
    },
  ],
};

const withoutFurtherRounds: Mutant = {
  without: 'after a round that failed, the relay makes another one',
  edits: [{ file: 'workers/relay/relay.ts', text: 'await pace.wait(failurePauseMs);', instead: 'return;' }],
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

/** Waits for a moment in the first half of the sale. */
async function untilSomeCame({ wait, seconds, random }: Scene): Promise<void> {
  await wait(seconds * 1000 * (0.2 + random() / 5));
}

/** Messages that a worker claimed before that moment and still has. */
async function claimedBefore({ world, sale }: Scene, atMs: number): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    world.owner.db,
    sql`select count(*)::int as count from deliveries
        where event_id = ${sale.id} and status = 'sending' and sending_at <= to_timestamp(${atMs / 1000})`,
  );
  return row?.count ?? 0;
}

const inHands = 'messages that the stopped worker had in its hands';

/** While one of two workers stands still, the other must take over the messages that it has claimed. */
const workerFrozen: Own = {
  fault: `worker: SIGSTOP of all its processes for ${workerStillForMs / 1000} s, while a second worker runs`,
  proof: 'The processes are in the state "stopped", and had messages in their hands.',
  holds: `${selling.holds} The second worker takes over the messages of the first one while that stands still.`,
  world: { workers: 2 },
  beside: async ({ world }) => {
    await controlSandbox(world.sandbox.url, 'whatsapp/rules', { delayMs: messageTakesMs });
    return { faults: [], facts: {} };
  },
  strike: async (scene) => {
    scene.strikes.expect(inHands);
    await untilSomeCame(scene);
    await untilSending(scene);
    const atMs = Date.now();
    const counting = pause(finishedWithinMs).then(async () => {
      scene.strikes.count(inHands, await claimedBefore(scene, atMs));
    });
    const freezing = freeze(scene, 'worker', workerStillForMs, async () => {
      const left = await claimedBefore(scene, atMs);
      if (left > 0)
        scene.strikes.blame(`${left} messages waited for the stopped worker for ${workerStillForMs / 1000} s`);
    });
    await Promise.all([freezing, counting]);
  },
  mutant: withoutTakeOver,
};

/** Kills the part three times, each at a random moment, and leaves it dead for two seconds. */
async function killThrice(scene: Scene, part: Part): Promise<void> {
  const apartMs = (scene.seconds * 1000) / (kills + 1);
  for (let number = 0; number < kills; number += 1) {
    if (!(await scene.wait(apartMs * (0.5 + scene.random() / 2)))) return;
    await killAndStart(scene, part, deadForMs);
  }
}

/** What one part has beyond the others. */
type Own = Partial<SaleDrill> & Pick<SaleDrill, 'mutant'>;

function killed(part: Part, own: Own): Drill {
  return saleDrill({
    ...selling,
    ...shortSale,
    fault: `${part}: kill -9 of all its processes, three times, each time dead for ${deadForMs / 1000} s`,
    proof: 'Another process id after each kill.',
    stallMaxSeconds: unknownOutcomeSeconds,
    strike: (scene) => killThrice(scene, part),
    ...own,
  });
}

function frozen(part: Part, own: Own): Drill {
  return saleDrill({
    ...selling,
    ...shortSale,
    fault: `${part}: SIGSTOP of all its processes for ${stillForMs / 1000} s`,
    proof: 'The processes are in the state "stopped".',
    stallMaxSeconds: unknownOutcomeSeconds,
    strike: async (scene) => {
      await untilSomeCame(scene);
      await freeze(scene, part, stillForMs);
    },
    ...own,
  });
}

/** Selling needs neither role of Redis. */
const seamless = {
  holds: `Every request is answered with success at the first try. ${selling.holds}`,
  isSeamless: true,
};

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
  'api-killed': killed('api', { mutant: withoutKeyLookup }),
  'pgbouncer-killed': killed('pgbouncer', { mutant: withoutKeyLookup }),
  'postgres-killed': killed('postgres', { mutant: withoutFlush }),
  'redis-cache-killed': killed('redis-cache', { ...seamless, mutant: withoutDroppedSignals }),
  'redis-queue-killed': killed('redis-queue', { ...queueKilled, mutant: withoutLease }),
  'api-frozen': frozen('api', { mutant: withoutKeyLookup }),
  'worker-frozen': frozen('worker', workerFrozen),
  'pgbouncer-frozen': frozen('pgbouncer', { mutant: withoutKeyLookup }),
  'postgres-frozen': frozen('postgres', { mutant: withoutKeyLookup }),
  'redis-cache-frozen': frozen('redis-cache', { ...seamless, mutant: withoutDroppedSignals }),
  'redis-queue-frozen': frozen('redis-queue', { stallMaxSeconds: queueStallMaxSeconds, mutant: withoutFurtherRounds }),
};
