import type { Proof } from '../drill.ts';

/** When faults struck, in milliseconds since 1970, and the evidence for it. */
export type Strikes = {
  /** Records an observed fault, at one moment or from one to another. */
  note(what: string, fromMs: number, toMs?: number): void;
  /** Declares a kind of fault that must strike. */
  expect(what: string): void;
  /** Counts something that shows a fault, without a moment of its own. */
  count(what: string, times: number): void;
  /** Records a promise that was broken while the fault lasted. */
  blame(broken: string): void;
  readonly proofs: readonly Proof[];
  readonly broken: readonly string[];
  /** Whether a message that a provider accepted then may be sent a second time. */
  mayRepeat(acceptedAtMs: number): boolean;
  /** The end of the last fault. */
  readonly lastMs: number | undefined;
};

/**
 * The outcome of a message that a provider accepts this shortly before a fault may not be recorded when the fault
 * strikes.
 */
const unrecordedForMs = 3000;

export function createStrikes(): Strikes {
  const times = new Map<string, number>();
  const windows: { readonly fromMs: number; readonly toMs: number }[] = [];
  const broken: string[] = [];
  const add = (what: string, more: number) => times.set(what, (times.get(what) ?? 0) + more);
  return {
    note: (what, fromMs, toMs = Date.now()) => {
      add(what, 1);
      windows.push({ fromMs, toMs });
    },
    expect: (what) => add(what, 0),
    count: add,
    blame: (promise) => void broken.push(promise),
    broken,
    get proofs() {
      return [...times].map(([what, count]) => ({ what, times: count }));
    },
    mayRepeat: (atMs) => windows.some(({ fromMs, toMs }) => atMs >= fromMs - unrecordedForMs && atMs <= toMs),
    get lastMs() {
      return windows.length === 0 ? undefined : Math.max(...windows.map(({ toMs }) => toMs));
    },
  };
}
