/**
 * Runs work under a signal that fires when the caller's signal does or when the time is over. Leaves no timer behind
 * (`AbortSignal.timeout` keeps one until its end, even if the work is done sooner).
 */
export async function withDeadline<Result>(
  signal: AbortSignal,
  timeoutMs: number,
  act: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => controller.abort(new Error(`not done within ${timeoutMs} ms`)), timeoutMs);
  try {
    return await act(controller.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/**
 * The result of the work, or the result of `onLate` if it takes longer than `timeoutMs`. Nothing stops the work; its
 * later result is dropped.
 */
export async function orAfter<Result, Late>(
  timeoutMs: number,
  work: Promise<Result>,
  onLate: () => Late | PromiseLike<Late>,
): Promise<Result | Late> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Late>((resolve) => {
    timer = setTimeout(() => resolve(onLate()), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
