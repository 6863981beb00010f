/** Asks again and again while the page is looked at. A step says when it wants the next, or that there is none. */
export type Poll = { now(): void; stop(): void };

/** @param options.alsoHidden also while nobody looks: for pages whose turn may come meanwhile */
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
    if (isRunning) {
      isWantedAgain = true;
      return;
    }
    clearTimeout(timer);
    isRunning = true;
    isWantedAgain = false;
    isDue = false;
    const waitMs = await step();
    isRunning = false;
    if (isStopped) return;
    if (isWantedAgain) return run();
    if (waitMs === undefined) return;
    // Hidden pages do not ask as a rule; they do once they are seen again.
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
