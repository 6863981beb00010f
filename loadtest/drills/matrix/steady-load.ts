import { setTimeout as pause } from 'node:timers/promises';
import { type ColumnName, type Columns, columnNames } from './columns.ts';

/** One answer in a drill; times in milliseconds since the load began. */
export type Seen = {
  readonly column: ColumnName;
  readonly at: number;
  readonly ms: number;
  /** 0: no answer. */
  readonly status: number;
  /** Of a problem; empty for other answers. */
  readonly code: string;
  readonly isStale: boolean;
  readonly hasRetryAfter: boolean;
};

export type SteadyLoad = {
  readonly seen: readonly Seen[];
  now(): number;
  /** Stops sending, and waits for requests in flight. */
  stop(): Promise<void>;
};

const answerDeadlineMs = 30_000;

/** Sends each column's requests at its rate, whatever the answers are. */
export function startSteadyLoad(url: string, columns: Columns): SteadyLoad {
  const startedAt = performance.now();
  const now = () => performance.now() - startedAt;
  const seen: Seen[] = [];
  let underway = 0;

  const send = async (column: ColumnName): Promise<void> => {
    const { request, onAnswer } = columns[column];
    const wanted = request();
    if (wanted === undefined) return;
    const at = now();
    underway += 1;
    try {
      const answer = await fetch(`${url}${wanted.path}`, {
        ...wanted.init,
        signal: AbortSignal.timeout(answerDeadlineMs),
      });
      const body = await answer.text();
      seen.push({
        column,
        at,
        ms: now() - at,
        status: answer.status,
        code: answer.ok ? '' : (/"code":"([a-z_.]+)"/.exec(body)?.[1] ?? ''),
        isStale: /fwd=stale/.test(answer.headers.get('cache-status') ?? ''),
        hasRetryAfter: answer.headers.has('retry-after'),
      });
      onAnswer?.(answer.status, body, wanted.init);
    } catch {
      seen.push({ column, at, ms: now() - at, status: 0, code: '', isStale: false, hasRetryAfter: false });
      onAnswer?.(0, '', wanted.init);
    } finally {
      underway -= 1;
    }
  };

  const timers = columnNames.map((column) => setInterval(() => void send(column), 1000 / columns[column].perSecond));
  return {
    seen,
    now,
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      while (underway > 0) await pause(50);
    },
  };
}
