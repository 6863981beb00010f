import type { Log } from '../../src/platform/log.ts';
import { orAfter } from '../../src/platform/resilience/deadline.ts';

const lookEveryMs = 10_000;
/** A process that was stopped for a while looks stuck until its next job ends. */
const looksMax = 6;

/**
 * Ends a worker that is stuck for a minute more, so that systemd or Docker starts another: neither of them asks for its liveness, as
 * Kubernetes does. Its jobs are taken over as those of a killed worker.
 * @param fault why only a restart helps, or undefined
 */
export function endWhenStuck({
  fault,
  log,
  end,
  everyMs = lookEveryMs,
}: {
  readonly fault: () => string | undefined;
  readonly log: Log;
  readonly end: () => void;
  readonly everyMs?: number;
}): { close(): void } {
  let looks = 0;
  const timer = setInterval(() => {
    const why = fault();
    looks = why === undefined ? 0 : looks + 1;
    if (looks < looksMax) return;
    clearInterval(timer);
    log.fatal({ fault: why }, 'the worker is stuck and ends, so that another is started');
    // What holds the worker up may also keep its output from taking the line.
    const isWritten = new Promise<void>((resolve) => log.flush(() => resolve()));
    void orAfter(everyMs, isWritten, () => undefined).then(end);
  }, everyMs);
  return { close: () => clearInterval(timer) };
}
