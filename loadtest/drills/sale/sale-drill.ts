import { setTimeout as pause } from 'node:timers/promises';
import { type Random, seededRandom } from '../../../sandbox/random.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { say } from '../../bench/harness/stack.ts';
import type { Drill, DrillOptions, DrillRun, Variant } from '../drill.ts';
import { settledAfter } from '../document.ts';
import { autoPay } from './selling.ts';
import { controlSandbox } from '../world/control-sandbox.ts';
import { openSale } from '../world/open-sale.ts';
import { type DrillWorld, type WorldOptions, openDrillWorld } from '../world/world.ts';
import { type Bought, placeOrders } from './buyers.ts';
import { type Strikes, createStrikes } from './strikes.ts';
import { untilSettled } from './until-settled.ts';
import { verdictOf } from './witnesses.ts';

/** What a fault can see and do while buyers order, pay and are sent their tickets. */
export type Scene = {
  readonly world: DrillWorld;
  readonly strikes: Strikes;
  readonly random: Random;
  /** How long buyers come. */
  readonly seconds: number;
  /** Waits, at most until the last buyer is served. @returns whether buyers still come */
  wait(milliseconds: number): Promise<boolean>;
};

/** Buyers come at a steady rate and pay at once; meanwhile a fault strikes. */
export type SaleDrill = Omit<Drill, 'run'> & {
  readonly orders: number;
  readonly minutes: number;
  readonly world?:
    | Omit<WorldOptions, 'seed' | 'mutant'>
    | ((strikes: Strikes) => Omit<WorldOptions, 'seed' | 'mutant'>);
  /** Lets the fault strike and ends it. */
  readonly strike: (scene: Scene) => Promise<void>;
  /** After the fault and the last order, something that is not done yet goes on within this time. */
  readonly stallMaxSeconds: number;
};

/** A mutant is noticed at a smaller size. */
const mutantOrdersMax = 1500;

export function saleDrill(drill: SaleDrill): Drill {
  const { does, fault, proof, holds, mutant } = drill;
  return {
    does,
    fault,
    proof,
    holds,
    ...(mutant === undefined ? {} : { mutant }),
    run: async (options) => {
      const runs: DrillRun[] = [];
      for (const seed of options.seeds)
        for (const variant of variantsOf(drill, options, seed)) runs.push(await runOnce(drill, options, variant, seed));
      return runs;
    },
  };
}

/** The mutant runs with the first seed only. */
function variantsOf(drill: SaleDrill, { control, mutant, seeds }: DrillOptions, seed: number): Variant[] {
  const withMutant = mutant && drill.mutant !== undefined && seed === seeds[0];
  return [...(control ? (['control'] as const) : []), 'fault', ...(withMutant ? (['mutant'] as const) : [])];
}

async function runOnce(drill: SaleDrill, options: DrillOptions, variant: Variant, seed: number): Promise<DrillRun> {
  const { orders, seconds } = sizeOf(drill, options, variant);
  say(`${variant}, seed ${seed}: ${orders} orders in ${Math.round(seconds)} s`);
  const started = performance.now();
  const strikes = createStrikes();
  const world = await openDrillWorld({
    ...(typeof drill.world === 'function' ? drill.world(strikes) : drill.world),
    seed,
    mutant: variant === 'mutant' ? drill.mutant : undefined,
  });
  try {
    const sale = await openSale(world);
    await controlSandbox(world.sandbox.url, 'scenarios', { autoPay });
    const random = seededRandom(seed);
    const scene = { world, strikes, random: seededRandom(seed + 1), seconds };
    const bought = await sell(drill, variant, scene, () =>
      placeOrders({ url: world.url, sale, orders, seconds, seed, random }),
    );
    say('all buyers were told; waiting until all is paid and sent');
    const { settled, verdict } = await examine(drill, scene, sale, bought);
    return {
      variant,
      seed,
      seconds: Math.round((performance.now() - started) / 1000),
      proofs: strikes.proofs,
      rows: verdict.rows,
      faults: [...settled.faults, ...verdict.faults],
      facts: {
        'orders a second': Math.round(orders / seconds),
        'requests that were sent again': bought.reduce((sum, { failures }) => sum + failures, 0),
        [settledAfter]: settled.seconds,
        'seconds in which nothing moved, at most': settled.stoodStillSeconds,
      },
    };
  } finally {
    await world.close();
  }
}

function sizeOf(drill: SaleDrill, options: DrillOptions, variant: Variant): { orders: number; seconds: number } {
  const orders = options.orders ?? drill.orders;
  const seconds = (options.minutes ?? drill.minutes) * 60;
  if (variant !== 'mutant' || orders <= mutantOrdersMax) return { orders, seconds };
  return { orders: mutantOrdersMax, seconds: (seconds * mutantOrdersMax) / orders };
}

/** Places the orders, with the fault beside it. The fault is over when this returns. */
async function sell(
  drill: SaleDrill,
  variant: Variant,
  scene: Omit<Scene, 'wait'>,
  place: () => Promise<Bought[]>,
): Promise<Bought[]> {
  const over = new AbortController();
  const wait = async (milliseconds: number): Promise<boolean> => {
    await pause(milliseconds, undefined, { signal: over.signal }).catch(() => {});
    return !over.signal.aborted;
  };
  const striking = variant === 'control' ? undefined : drill.strike({ ...scene, wait });
  // Its failure is thrown below, when the buyers are done.
  striking?.catch(() => {});
  const bought = await place();
  over.abort();
  await striking;
  return bought;
}

async function examine(drill: SaleDrill, { world, strikes }: Omit<Scene, 'wait'>, sale: TestEvent, bought: Bought[]) {
  const settled = await untilSettled(world, sale, {
    sinceMs: Math.max(strikes.lastMs ?? 0, ...bought.map(({ knownAtMs }) => knownAtMs ?? 0)),
    stallMaxSeconds: drill.stallMaxSeconds,
  });
  say('comparing what buyers, database, gateway, mail server and WhatsApp know');
  return { settled, verdict: await verdictOf(world, sale, bought, strikes) };
}
