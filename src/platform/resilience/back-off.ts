/**
 * Seconds to wait before a retry: between one second and a bound that doubles with each try (full jitter), so that
 * calls that failed together do not return together.
 */
export function backOffSeconds(options: {
  readonly tries: number;
  readonly firstSeconds: number;
  readonly maxSeconds: number;
}): number {
  const { tries, firstSeconds, maxSeconds } = options;
  const bound = Math.min(firstSeconds * 2 ** Math.min(Math.max(tries - 1, 0), 20), maxSeconds);
  return Math.max(1, Math.random() * bound);
}
