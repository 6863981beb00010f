import type { Drill } from '../drill.ts';
import { type SaleDrill, type Scene, saleDrill } from '../sale/sale-drill.ts';
import { selling, shortSale, unknownOutcomeSeconds, withoutKeyLookup, withoutLease } from '../sale/selling.ts';
import type { Mutant } from '../world/mutants.ts';
import { untilSending, withoutTakeOver, workerFrozen } from './freeze-worker.ts';
import { queueKilled } from './kill-queue.ts';
import { type Part, freeze, killAndStart } from './processes.ts';
import { queueStallMaxSeconds } from './redis-drills.ts';

const killEveryMs = 5000;
const kills = 3;
const deadForMs = 2000;
const stillForMs = 10_000;

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

/** Waits for a moment in the first half of the sale. */
async function untilSomeCame({ wait, seconds, random }: Scene): Promise<void> {
  await wait(seconds * 1000 * (0.2 + random() / 5));
}

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
