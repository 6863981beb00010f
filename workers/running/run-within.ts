import { orAfter } from '../../src/platform/resilience/deadline.ts';

/** How long an act may go on after its signal before its slot is given to another. */
const abortGraceMs = 1000;

class JobTimeout extends Error {
  readonly code = 'JOB_TIMEOUT';
}

/**
 * Runs an act with a deadline: its signal fires at `timeoutMs`, and a moment later nobody waits for it any more.
 * @throws JobTimeout
 */
export async function runWithin<Result>(
  timeoutMs: number,
  act: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const late = () => new JobTimeout(`not done within ${timeoutMs} ms`);
  const abort = setTimeout(() => controller.abort(late()), timeoutMs);
  try {
    return await orAfter(timeoutMs + abortGraceMs, act(controller.signal), () => Promise.reject(late()));
  } finally {
    clearTimeout(abort);
  }
}
