import { setTimeout as pause } from 'node:timers/promises';
import { type Random, seededRandom } from '../../../sandbox/random.ts';
import type { TestEvent } from '../../../testkit/factories.ts';
import { say } from '../../bench/harness/stack.ts';
import { type Drill, type DrillOptions, type DrillRun, type Variant, variantsOf } from '../drill.ts';
import { settledAfter } from '../document.ts';
import { autoPay } from './selling.ts';
import { controlSandbox } from '../world/control-sandbox.ts';
import { openSale } from '../world/open-sale.ts';
import { type DrillWorld, type WorldOptions, openDrillWorld } from '../world/world.ts';
import { type Bought, longestSilence, placeOrders } from './buyers.ts';
import { type Strikes, createStrikes } from './strikes.ts';
import { type Settled, untilSettled } from './until-settled.ts';
import { type Verdict, toldOf, verdictOf } from './witnesses.ts';

/** A fault's view of, and its power over, a sale in progress. */
export type Scene = {
  readonly variant: Variant;
  readonly world: DrillWorld;
  readonly sale: TestEvent;
  /** How many buyers come. */
  readonly orders: number;
  readonly strikes: Strikes;
  readonly random: Random;
  /** How long buyers come. */
  readonly seconds: number;
  /**
   * Waits, but at most until the last buyer is served.
   * @returns whether buyers still arrive
   */
  wait(milliseconds: number): Promise<boolean>;
};

export type Besides = { readonly faults: readonly string[]; readonly facts: DrillRun['facts'] };

/** Buyers arrive at a steady rate and pay at once; meanwhile a fault strikes. */
export type SaleDrill = Omit<Drill, 'run'> & {
  readonly orders: number;
  readonly minutes: number;
  readonly world?:
    | Omit<WorldOptions, 'seed' | 'mutant'>
    | ((strikes: Strikes, seed: number) => Omit<WorldOptions, 'seed' | 'mutant'>);
  /** Every request must succeed at the first try, as if nothing happened. */
  readonly isSeamless?: boolean;
  /** Orders are acknowledged without a longer pause. */
  readonly silenceMaxSeconds?: number;
  /**
   * Runs beside the buyers in every variant, until the last one is served.
   * @returns broken promises
   */
  readonly beside?: (scene: Scene) => Promise<Besides>;
  /** Lets the fault strike and ends it. */
  readonly strike: (scene: Scene) => Promise<void>;
  /** After the fault and the last order, unfinished work continues within this time. */
  readonly stallMaxSeconds: number;
};

/** A smaller size is enough to notice a mutant. */
const mutantOrdersMax = 1500;

export function saleDrill(drill: SaleDrill): Drill {
  const { does, fault, proof, holds, mutant } = drill;
  return {
    does,
    fault,
    proof,
    holds,
    mutant,
    ...(typeof drill.world === 'object' && drill.world.machines === true ? { needsNetwork: true } : {}),
    run: async (options) => {
      const runs: DrillRun[] = [];
      for (const seed of options.seeds)
        for (const variant of variantsOf(options, seed)) {
          runs.push(await runOnce(drill, options, variant, seed));
          options.onRun?.(runs);
        }
      return runs;
    },
  };
}

async function runOnce(drill: SaleDrill, options: DrillOptions, variant: Variant, seed: number): Promise<DrillRun> {
  const { orders, seconds } = sizeOf(drill, options, variant);
  say(`${variant}, seed ${seed}: ${orders} orders in ${Math.round(seconds)} s`);
  const started = performance.now();
  const strikes = createStrikes();
  const world = await openDrillWorld({
    ...(typeof drill.world === 'function' ? drill.world(strikes, seed) : drill.world),
    seed,
    mutant: variant === 'mutant' ? drill.mutant : undefined,
  });
  try {
    const sale = await openSale(world);
    await controlSandbox(world.sandbox.url, 'scenarios', { autoPay });
    const random = seededRandom(seed);
    const scene = { variant, world, sale, orders, strikes, random: seededRandom(seed + 1), seconds };
    const { bought, besides } = await sell(drill, variant, scene, () =>
      placeOrders({ url: world.url, sale, orders, seconds, seed, random, enough: enoughOf(drill, variant) }),
    );
    const { settled, verdict } = await examine(drill, variant, scene, bought);
    const again = bought.reduce((sum, { failures }) => sum + failures, 0);
    return {
      variant,
      seed,
      seconds: Math.round((performance.now() - started) / 1000),
      proofs: strikes.proofs,
      rows: verdict.rows,
      faults: [
        ...(drill.isSeamless === true && again > 0 ? [`${again} requests of buyers failed`] : []),
        ...silenceFaults(drill, bought),
        ...besides.faults,
        ...strikes.broken,
        ...verdict.faults,
        ...settled.faults,
        ...endedFaults(world),
      ],
      facts: {
        'orders a second': Math.round(orders / seconds),
        'requests that were sent again': again,
        ...(drill.silenceMaxSeconds === undefined ? {} : { [silence]: longestSilence(bought) }),
        ...besides.facts,
        [settledAfter]: settled.seconds,
        'seconds in which nothing moved, at most': settled.stoodStillSeconds,
      },
    };
  } finally {
    await world.close();
  }
}

/** What a drill has ended it has started again. Here nothing restarts a process that ends by itself. */
function endedFaults({ apis, workers }: DrillWorld): string[] {
  return [...apis, ...workers].filter((child) => child.pid() === 0).map(({ name }) => `${name} ended by itself`);
}

function enoughOf({ isSeamless }: SaleDrill, variant: Variant): 'loss' | 'failure' | undefined {
  if (variant !== 'mutant') return undefined;
  return isSeamless === true ? 'failure' : 'loss';
}

const silence = 'seconds in which no buyer was told of an order, at most';

function silenceFaults({ silenceMaxSeconds = Infinity }: SaleDrill, bought: readonly Bought[]): string[] {
  const seconds = longestSilence(bought);
  return seconds > silenceMaxSeconds ? [`no buyer was told of an order for ${seconds} s`] : [];
}

function sizeOf(drill: SaleDrill, options: DrillOptions, variant: Variant): { orders: number; seconds: number } {
  const orders = options.orders ?? drill.orders;
  const seconds = (options.minutes ?? drill.minutes) * 60;
  if (variant !== 'mutant' || orders <= mutantOrdersMax) return { orders, seconds };
  return { orders: mutantOrdersMax, seconds: (seconds * mutantOrdersMax) / orders };
}

const nothing: Besides = { faults: [], facts: {} };

/** Places the orders, with the fault beside it. The fault is over when this returns. */
async function sell(
  drill: SaleDrill,
  variant: Variant,
  scene: Omit<Scene, 'wait'>,
  place: () => Promise<Bought[]>,
): Promise<{ readonly bought: Bought[]; readonly besides: Besides }> {
  const over = new AbortController();
  const wait = async (milliseconds: number): Promise<boolean> => {
    await pause(milliseconds, undefined, { signal: over.signal }).catch(() => {});
    return !over.signal.aborted;
  };
  const beside = drill.beside?.({ ...scene, wait }) ?? Promise.resolve(nothing);
  const striking = variant === 'control' ? undefined : drill.strike({ ...scene, wait });
  // Their failures are thrown below, when the buyers are done.
  for (const one of [beside, striking]) one?.catch(() => {});
  const bought = await place();
  over.abort();
  await striking;
  return { bought, besides: await beside };
}

async function examine(
  drill: SaleDrill,
  variant: Variant,
  { world, sale, strikes }: Omit<Scene, 'wait'>,
  bought: Bought[],
): Promise<{ settled: Settled; verdict: Verdict }> {
  if (variant === 'mutant') {
    const { rows, faults } = await verdictOf(world, sale, bought, strikes);
    const told = rows.filter(({ what }) => what === toldOf);
    // Losses do not return, and broken promises stay broken, so there is nothing to wait for. The other rows are not done yet.
    if (strikes.broken.length > 0 || told.some(({ missing }) => missing > 0))
      return {
        settled: { seconds: 0, stoodStillSeconds: 0, faults: [] },
        verdict: { rows: told, faults: faults.filter((fault) => fault.startsWith(toldOf)) },
      };
  }
  say('all buyers were told; waiting until all is paid and sent');
  const settled = await untilSettled(world, sale, {
    sinceMs: Math.max(strikes.lastMs ?? 0, ...bought.map(({ knownAtMs }) => knownAtMs ?? 0)),
    stallMaxSeconds: drill.stallMaxSeconds,
  });
  say('comparing what buyers, database, gateway, mail server and WhatsApp know');
  return { settled, verdict: await verdictOf(world, sale, bought, strikes) };
}
