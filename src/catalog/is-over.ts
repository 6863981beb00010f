/** Whether an event is over. A postponed event has no date: it is not over when its old one has passed. */
export function isOver(
  { endsAt, postponedAt }: { readonly endsAt: Date; readonly postponedAt: Date | null },
  now: Date,
): boolean {
  return postponedAt === null && now >= endsAt;
}
