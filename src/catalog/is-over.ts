/** Whether an event is over. A postponed event has no date, so it is not over when its old date has passed. */
export function isOver(
  { endsAt, postponedAt }: { readonly endsAt: Date; readonly postponedAt: Date | null },
  now: Date,
): boolean {
  return postponedAt === null && now >= endsAt;
}
