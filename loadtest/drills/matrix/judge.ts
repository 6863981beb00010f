import { type ColumnName, type Columns, columnNames } from './columns.ts';
import type { Expected, MatrixRow } from './matrix-rows.ts';
import type { Seen } from './steady-load.ts';

/** One cell of the matrix: what was expected, what was seen, and whether they agree. */
export type Cell = {
  readonly row: string;
  readonly column: ColumnName;
  readonly expected: Expected;
  readonly seen: string;
  readonly ok: boolean;
};

/** A refusal must come within Postgres' deadline of 3 s, plus some time for the busy machine. */
const refusedWithinMs = 3500;
/** Added to the usual time: 100 ms for a Redis that does not answer, and some time for the machine. */
const slowerByMaxMs = 400;
const goodShareMin = 0.99;
/** Availability may be one second old. After that it must be marked stale. */
const freshForMs = 1500;
/** Calls in flight when the fault began may end either way. */
const settlingMs = 300;

export type Phase = { readonly from: number; readonly to: number };

export function judge(row: MatrixRow, columns: Columns, seen: readonly Seen[], before: Phase, during: Phase): Cell[] {
  return columnNames.map((column) => {
    const own = seen.filter((one) => one.column === column);
    const usual = own.filter(({ at }) => at >= before.from && at < before.to);
    const expected = row.expects[column];
    const slack = expected === 'refused' ? refusedWithinMs : 0;
    const met = own.filter(({ at }) => at >= during.from + settlingMs && at < during.to - slack);
    const { good } = columns[column];
    const verdict =
      expected === 'refused'
        ? refused(met)
        : expected === 'stale'
          ? stale(met, good, during.from, column)
          : asUsual(met, usual, good);
    return { row: row.name, column, expected, ...verdict };
  });
}

type Verdict = Pick<Cell, 'seen' | 'ok'>;

function asUsual(met: readonly Seen[], usual: readonly Seen[], good: readonly number[]): Verdict {
  const share = met.filter(({ status }) => good.includes(status)).length / Math.max(met.length, 1);
  const [slow, usually] = [p99(met), p99(usual)];
  return {
    ok: met.length > 0 && share >= goodShareMin && slow <= usually + slowerByMaxMs,
    seen: `${said(met)}, p99 ${ms(slow)} (before ${ms(usually)})`,
  };
}

function refused(met: readonly Seen[]): Verdict {
  const slowest = Math.max(0, ...met.map((one) => one.ms));
  return {
    ok: met.length > 0 && met.every((one) => one.status === 503 && one.hasRetryAfter) && slowest <= refusedWithinMs,
    seen: `${said(met)}, slowest ${ms(slowest)}`,
  };
}

/** Documents live longer than the drill may last. Availability must be marked stale. */
function stale(met: readonly Seen[], good: readonly number[], from: number, column: ColumnName): Verdict {
  const guesses = column === 'availability' ? met.filter((one) => isGuess(one, from)) : [];
  const isGood = (one: Seen) => good.includes(one.status) || (column === 'availability' && one.status === 503);
  const slow = p99(met);
  const marked = met.filter(({ isStale }) => isStale).length;
  return {
    ok: met.length > 0 && met.every(isGood) && guesses.length === 0 && slow <= slowerByMaxMs,
    seen: `${said(met)}, ${marked} marked stale${guesses.length > 0 ? `, ${guesses.length} NOT` : ''}, p99 ${ms(slow)}`,
  };
}

function isGuess({ at, status, isStale }: Seen, from: number): boolean {
  return status === 200 && !isStale && at > from + freshForMs;
}

/** The time from the repair until every column was good for a whole second; undefined if that never happened. */
export function recoverySeconds(
  columns: Columns,
  seen: readonly Seen[],
  mendedAt: number,
  until: number,
): number | undefined {
  for (let start = mendedAt; start + 1000 <= until; start += 250) {
    const window = seen.filter(({ at }) => at >= start && at < start + 1000);
    const answersAll = columnNames.every((name) => window.some(({ column }) => column === name));
    if (answersAll && window.every(({ column, status, isStale }) => columns[column].good.includes(status) && !isStale))
      return (start - mendedAt) / 1000;
  }
  return undefined;
}

function said(met: readonly Seen[]): string {
  const counts = new Map<string, number>();
  for (const { status, code } of met) {
    const name = `${status || 'lost'}${code === '' ? '' : ` ${code}`}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([name, count]) => `${count}x ${name}`)
    .join(', ');
}

function p99(met: readonly Seen[]): number {
  const sorted = met.map((one) => one.ms).sort((one, other) => one - other);
  return sorted[Math.min(Math.floor(sorted.length * 0.99), sorted.length - 1)] ?? 0;
}

const ms = (milliseconds: number) => `${Math.round(milliseconds)} ms`;
