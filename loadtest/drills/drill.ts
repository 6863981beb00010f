import type { Mutant } from './world/mutants.ts';

/**
 * A drill: a kind of fault that is injected while the product sells, and the promises that must hold in spite of it.
 */
export type Drill = {
  /** The work during the fault. */
  readonly does: string;
  readonly fault: string;
  /** The evidence that the fault struck. Without it a run proves nothing. */
  readonly proof: string;
  readonly holds: string;
  /** The product without the guard against this fault: the drill must notice. */
  readonly mutant: Mutant;
  /** Runs in a network namespace of its own. */
  readonly needsNetwork?: boolean;
  run(given: DrillOptions): Promise<readonly DrillRun[]>;
};

export type DrillOptions = {
  /** The drill's full size applies to omitted options. */
  readonly orders: number | undefined;
  readonly minutes: number | undefined;
  /** Rows of the outbox in the drill `backlog`. */
  readonly rows: number;
  /** Seconds for which each part is stopped in the drill `matrix`, and the parts. */
  readonly seconds: number;
  readonly parts: readonly string[];
  /** Of the drills of the door; the full size of the drill applies when missing. */
  readonly rounds: number | undefined;
  /** One number decides arrivals, quantities, repeated requests, the moments of faults and the sandbox's behaviour. */
  readonly seeds: readonly number[];
  readonly control: boolean;
  readonly mutant: boolean;
  /** One of the large set. Its result is kept beside that of a smaller run with control and mutant. */
  readonly isLarge: boolean;
  /** Called after each run with all runs so far. */
  readonly onRun?: (runs: readonly DrillRun[]) => void;
};

/** `control` is the same seed without the fault, `mutant` the fault with the guard removed. */
export type Variant = 'control' | 'fault' | 'mutant';

/** The runs of one seed. The mutant runs with the first seed only. */
export function variantsOf({ control, mutant, seeds }: DrillOptions, seed: number): readonly Variant[] {
  const withMutant = mutant && seed === seeds[0];
  return [...(control ? (['control'] as const) : []), 'fault', ...(withMutant ? (['mutant'] as const) : [])];
}

/** The counts of one witness, compared with the buyers' answers. */
export type VerdictRow = {
  readonly what: string;
  readonly expected: number;
  readonly found: number;
  readonly missing: number;
  readonly twice: number;
  /** How many of those may exist twice, because the provider had accepted before the fault struck. */
  readonly allowed: number;
};

export type Proof = { readonly what: string; readonly times: number };

export type DrillRun = {
  readonly variant: Variant;
  readonly seed: number;
  readonly seconds: number;
  readonly proofs: readonly Proof[];
  readonly rows: readonly VerdictRow[];
  /** The broken promises. */
  readonly faults: readonly string[];
  readonly facts: Readonly<Record<string, string | number>>;
};

/**
 * Why a run is not as it must be; undefined if it is. A run with the fault is void without evidence that the fault
 * struck, and a mutant must be noticed.
 */
export function failureOf({ variant, proofs, faults }: DrillRun): string | undefined {
  const unproven = proofs.filter(({ times }) => times === 0);
  if (variant !== 'control' && (proofs.length === 0 || unproven.length > 0)) {
    const isVoid = `void: the fault left no proof${unproven.map(({ what }) => `, ${what}`).join('')}`;
    return variant === 'mutant' ? isVoid : [...faults, isVoid].join('; ');
  }
  if (variant === 'mutant') return faults.length === 0 ? 'the removed guard was not noticed' : undefined;
  return faults.length === 0 ? undefined : faults.join('; ');
}
