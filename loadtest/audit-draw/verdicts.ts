export type Verdict = {
  readonly what: string;
  /** `note`: not wrong, but worth knowing. `open`: cannot be decided yet. */
  readonly is: 'ok' | 'WRONG' | 'note' | 'open';
  readonly detail: string;
};

export type Verdicts = {
  /** States one check. */
  check(what: string, isRight: boolean, detail: string): void;
  note(what: string, detail: string): void;
  open(what: string, detail: string): void;
  readonly all: readonly Verdict[];
};

export function createVerdicts(): Verdicts {
  const all: Verdict[] = [];
  return {
    check: (what, isRight, detail) => all.push({ what, is: isRight ? 'ok' : 'WRONG', detail }),
    note: (what, detail) => all.push({ what, is: 'note', detail }),
    open: (what, detail) => all.push({ what, is: 'open', detail }),
    all,
  };
}

/** A table for a terminal. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const width = Math.max(...verdicts.map(({ what }) => what.length));
  return verdicts.map(({ what, is, detail }) => `  ${is.padEnd(6)} ${what.padEnd(width)}  ${detail}\n`).join('');
}

export function exitCodeOf(verdicts: readonly Verdict[]): number {
  if (verdicts.some(({ is }) => is === 'WRONG')) return 1;
  return verdicts.some(({ is }) => is === 'open') ? 2 : 0;
}
