/** For errors of the programmer: fails the request with `internal`, is logged in full, and is never shown. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}
