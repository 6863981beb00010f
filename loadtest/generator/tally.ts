import type { Answer, Destination } from './connection.ts';
import { type Latencies, createLatencies } from './latencies.ts';

/** The results of a load run. */
export type LoadResult = {
  readonly seconds: number;
  /** Answers that count, within the measured time. */
  readonly counted: number;
  readonly perSecond: number;
  /** Every answer within the measured time by status. `lost` is a request without an answer. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Latencies of the answers that count. */
  readonly latencies: Latencies;
};

/** What a generator does with answers, in either kind of loop. */
export type LoadOptions = {
  readonly to: Destination;
  readonly connections: number;
  /** The address that the next connection comes from, of 127.0.0.0/8. Default: the system's choice. */
  readonly nextAddress?: () => string;
  /** An open loop closes a connection after so many requests, as people come and go. Default: never. */
  readonly requestsPerConnection?: number;
  /** Load before the measured time. Its answers go to `onAnswer` and are not measured. */
  readonly warmupSeconds: number;
  readonly seconds: number;
  /** The bytes of the next request. Called once per request. */
  readonly next: () => string | Buffer;
  /** Called for each answer, also outside the measured time. */
  readonly onAnswer?: (answer: Answer) => void;
  /** Which answers are measured; default: all. Refusals must not count as orders. */
  readonly counts?: (answer: Answer) => boolean;
  /** Called for each answer within the measured time, whether it counts or not. */
  readonly onMeasured?: (answer: Answer, milliseconds: number) => void;
  /** Called for each answer that counts within the measured time, with its latency. */
  readonly onCounted?: (milliseconds: number) => void;
};

/** The result of acts that something else than a loop has timed. */
export function timedResult(latencies: Latencies, seconds: number): LoadResult {
  return { seconds, counted: latencies.count, perSecond: latencies.count / seconds, statuses: {}, latencies };
}

/** The share of all answers that count, requests without an answer included; 0 without any. */
export function successOf({ counted, statuses }: LoadResult): number {
  const all = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  return all === 0 ? 0 : counted / all;
}

export function createTally(options: Pick<LoadOptions, 'seconds' | 'counts' | 'onCounted' | 'onMeasured'>) {
  const latencies = createLatencies();
  const statuses: Record<string, number> = {};
  const countStatus = (status: number | 'lost') => {
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  return {
    answered: (answer: Answer, milliseconds: number): void => {
      countStatus(answer.status);
      options.onMeasured?.(answer, milliseconds);
      if (options.counts !== undefined && !options.counts(answer)) return;
      latencies.add(milliseconds);
      options.onCounted?.(milliseconds);
    },
    lost: (): void => countStatus('lost'),
    result: (): LoadResult => ({ ...timedResult(latencies, options.seconds), statuses }),
  };
}
