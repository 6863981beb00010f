/** A programmer's error: fails the request with `internal`, is logged whole, never shown. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}
