import * as fc from 'fast-check';
import { type Door, openDoor } from '../../../testkit/check-in/door.ts';
import { type Played, evenings, playEvening } from '../../../testkit/check-in/offline-evening.ts';
import { say } from '../../bench/harness/stack.ts';
import type { Drill } from '../drill.ts';
import { inDoorDatabase } from './door-services.ts';
import { type RoundsOf, type Seen, faultsShownMax, roundsDrill } from './rounds-drill.ts';

const rounds = 1000;
const gatesMax = 6;
/** Evenings that are played at the same time, each at an event of its own. */
const atOnce = 6;
const progressEvery = 100;
/** The seeds of the evenings of one seed of the drill. */
const seedsEach = 100_000;

/** Evenings at six gates, each made from a seed of its own. */
export const offlineDrill: Drill = roundsDrill({
  does: 'Evenings of 20 simulated minutes at six gates, each made from a seed: valid tickets are shown at up to five gates, a third of them sold after the phones read their list.',
  fault: `door: none to all six gates lose their network; their clocks are up to ten hours wrong, they upload in parts, some twice; ${rounds} evenings`,
  proof: 'Scans that were decided without a network, and tickets that two gates let in.',
  holds:
    'No valid ticket is refused. A ticket enters at most once more than it used gates without a network. Each entry but its first is reported as a conflict with both gates. In the control all gates have their network, and each ticket enters once.',
  mutant: {
    without: 'a second entry is marked as a conflict',
    edits: [
      {
        file: 'drizzle/functions/check-in/recount_admissions.sql',
        text: 'update scans s set conflict = j.again,',
        instead: 'update scans s set conflict = j.again and false,',
      },
    ],
  },
  rounds,
  runRounds: playEvenings,
});

function playEvenings({ variant, seed, rounds: wanted, mutant }: RoundsOf): Promise<Seen> {
  return inDoorDatabase(mutant, async (database) => {
    const door = await openDoor(undefined, { database });
    const offline = variant === 'control' ? fc.constant(0) : fc.integer({ min: 0, max: gatesMax });
    try {
      const { faults, sum } = await playAll(door, evenings(offline), { first: seed * seedsEach, wanted });
      faults.push(...(await door.faults()));
      const missing = Math.max(0, sum.extra - sum.conflicts);
      return {
        proofs:
          variant === 'control'
            ? []
            : [
                { what: 'scans without a network', times: sum.offlineScans },
                { what: 'second entries', times: sum.extra },
              ],
        rows: [
          {
            what: 'conflicts',
            expected: sum.extra,
            found: sum.conflicts,
            missing,
            twice: sum.conflicts - sum.extra + missing,
            allowed: 0,
          },
        ],
        faults: [
          ...(sum.conflicts === sum.extra ? [] : [`${sum.extra} second entries, ${sum.conflicts} conflicts`]),
          ...(variant === 'control' && sum.extra > 0 ? [`${sum.extra} second entries with a network`] : []),
          ...faults.slice(0, faultsShownMax),
        ],
        facts: { evenings: wanted, scans: sum.scans, entries: sum.admissions },
      };
    } finally {
      await door.close();
    }
  });
}

async function playAll(
  door: Door,
  made: ReturnType<typeof evenings>,
  { first, wanted }: { readonly first: number; readonly wanted: number },
) {
  const faults: string[] = [];
  const sum = { scans: 0, offlineScans: 0, admissions: 0, extra: 0, conflicts: 0 } satisfies Omit<Played, 'faults'>;
  let [next, done] = [0, 0];
  const play = async (): Promise<void> => {
    while (next < wanted) {
      const seed = first + next;
      next += 1;
      // Without bias: with it the first value of each seed would be a very small evening.
      const [evening] = fc.sample(fc.noBias(made), { seed, numRuns: 1 });
      if (evening === undefined) throw new Error('a seed makes an evening');
      const played = await playEvening(door, evening);
      for (const name of ['scans', 'offlineScans', 'admissions', 'extra', 'conflicts'] as const)
        sum[name] += played[name];
      faults.push(...played.faults.map((fault) => `evening of seed ${seed}: ${fault}`));
      done += 1;
      if (done % progressEvery === 0) say(`${done} of ${wanted} evenings, ${faults.length} faults`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, play));
  return { faults, sum };
}
