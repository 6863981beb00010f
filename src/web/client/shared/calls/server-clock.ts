/** The server's time: sales and holds end by its clock, and phones are often minutes off, some by hours. */

let aheadMs = 0;
/** How old the answer was that told the time, in seconds. */
let toldAge = Number.POSITIVE_INFINITY;

/**
 * Reads the `Date` of an answer. A cache may send the date when the answer was made, so the time of a fresher answer is not replaced by
 * that of an older one.
 */
export function noteServerTime(headers: Headers): void {
  const told = Date.parse(headers.get('date') ?? '');
  const age = Number(headers.get('age') ?? 0);
  if (Number.isNaN(told) || !(age <= toldAge)) return;
  toldAge = age;
  aheadMs = told - Date.now();
}

export function serverNow(): number {
  return Date.now() + aheadMs;
}

/** Whether the server has told its time. Before that, `serverNow` is the time of this device. */
export function isServerTimeKnown(): boolean {
  return Number.isFinite(toldAge);
}

/** An earlier page's knowledge of the clock, until an answer updates it. */
export function assumeAhead(milliseconds: number): void {
  aheadMs = milliseconds;
}
