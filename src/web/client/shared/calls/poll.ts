import { spread } from './waiting.ts';

/** Repeats a step while the page is visible. The step says when to run next, or that it is done. */
export type Poll = { now(): void; stop(): void };

/** After a step that failed by itself, such as one whose browser could not store anything. */
const failedMs = 30_000;

/** @param options.alsoHidden for pages whose turn may come while they are hidden */
export function poll(
  step: () => Promise<number | undefined>,
  { alsoHidden = false }: { alsoHidden?: boolean } = {},
): Poll {
  let timer: number | undefined;
  let isRunning = false;
  let isWantedAgain = false;
  let isStopped = false;
  let isDue = false;

  const run = async (): Promise<void> => {
    if (isStopped) return;
    if (isRunning) {
      isWantedAgain = true;
      return;
    }
    clearTimeout(timer);
    isRunning = true;
    isWantedAgain = false;
    isDue = false;
    const waitMs = await step().catch(() => failedMs);
    isRunning = false;
    if (isStopped) return;
    if (isWantedAgain) return run();
    if (waitMs === undefined) return;
    // A hidden page pauses, and continues when it is visible again.
    isDue = true;
    timer = window.setTimeout(() => {
      if (alsoHidden || !document.hidden) void run();
    }, waitMs);
  };
  const onVisible = () => {
    if (!document.hidden && isDue && !isStopped) void run();
  };
  document.addEventListener('visibilitychange', onVisible);
  void run();
  return {
    now: () => void run(),
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    },
  };
}

/** After this long a page may show what is no longer true. */
const staleMs = 2 * 60_000;

/**
 * Calls `act` whenever that time has passed while the page is seen, and when the reader comes back after it: from another app, from a
 * locked phone, or by the browser's button Back.
 */
export function onStale(act: () => void): void {
  let hiddenAtMs = Number.POSITIVE_INFINITY;
  setInterval(
    () => {
      if (!document.hidden) act();
    },
    spread(staleMs, Math.random()),
  );
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) hiddenAtMs = Date.now();
    else if (Date.now() - hiddenAtMs >= staleMs) act();
  });
  window.addEventListener('pageshow', ({ persisted }) => persisted && act());
}
