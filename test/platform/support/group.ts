import { type GroupCommitOptions, createGroupCommit } from '../../../src/platform/database/group-commit.ts';

type Flush = { readonly lane: string; readonly items: readonly string[] };

export const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
export const failing = (code: string) => Object.assign(new Error(`failed with ${code}`), { code });

/** A group commit whose flush is a function with a real duration, and a record of its flushes. */
export function group(options: Partial<GroupCommitOptions<string, string>> & { durationMs?: number } = {}) {
  const flushes: Flush[] = [];
  const inFlight = new Map<string, number>();
  let atOnce = 0;
  let mostAtOnce = 0;
  let mostInOneLane = 0;
  const { durationMs = 5, flush, ...rest } = options;
  const commit = createGroupCommit<string, string>({
    name: 'test',
    batchMax: 100,
    queueMax: 1000,
    deadlineMs: 2000,
    flushesMax: 4,
    ...rest,
    flush: async (lane, items) => {
      flushes.push({ lane, items });
      atOnce += 1;
      inFlight.set(lane, (inFlight.get(lane) ?? 0) + 1);
      mostAtOnce = Math.max(mostAtOnce, atOnce);
      mostInOneLane = Math.max(mostInOneLane, inFlight.get(lane) ?? 0);
      try {
        await sleep(durationMs);
        return flush === undefined ? items.map((item) => `${item}!`) : await flush(lane, items);
      } finally {
        atOnce -= 1;
        inFlight.set(lane, (inFlight.get(lane) ?? 0) - 1);
      }
    },
  });
  return {
    ...commit,
    flushes,
    most: () => ({ atOnce: mostAtOnce, inOneLane: mostInOneLane }),
  };
}

export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );
export const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));
