/**
 * What one room may let in of the payments that can be made per second for its organizer, when others of theirs are open:
 * max-min fair. Who wants less than an equal part gets what it wants; what is left over is parted among the others. The
 * shares of all rooms, each reckoned by itself from the same rows, come to no more than there is. Pure.
 * @param paymentsPerSecond for all of them
 * @param wanted rate that the room's organizer has set for it
 * @param others the same of the other rooms, in any order
 */
export function paymentShare(paymentsPerSecond: number, wanted: number, others: readonly number[]): number {
  let left = paymentsPerSecond;
  let rooms = others.length + 1;
  for (const rate of others.toSorted((one, other) => one - other)) {
    if (rate >= wanted || rate * rooms >= left) break;
    left -= rate;
    rooms -= 1;
  }
  return Math.min(wanted, left / rooms);
}
