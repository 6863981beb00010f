/**
 * For programming errors. The request fails with `internal`, the message is logged in full, and clients never see it.
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}
