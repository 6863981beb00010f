const heartbeatMs = 4000;

/** Where progress lines go. */
export type Say = (line: string) => void;

/** Prints nothing: for callers that only want the result. */
export const silent: Say = () => {};

/**
 * Runs one step and prints how long it took. While a long step runs, it prints a line every few seconds. With
 * `quietBelowMs`, a quicker step prints nothing.
 */
export async function step<T>(say: Say, name: string, act: () => Promise<T>, quietBelowMs = 0): Promise<T> {
  const began = performance.now();
  const heartbeat = setInterval(() => say(`         ... ${name}: still working, ${seconds(began)}`), heartbeatMs);
  try {
    const result = await act();
    if (performance.now() - began >= quietBelowMs) say(`${seconds(began).padStart(8)}  ${name}`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}

function seconds(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}
