/** The server's time: sales and holds end by its clock, and phones are often minutes off. */

let aheadMs = 0;

/** Reads the `Date` of an answer that comes from the server itself. A cached answer has the date when it was made. */
export function noteServerTime(headers: Headers): void {
  const told = Date.parse(headers.get('date') ?? '');
  const ageSeconds = Number(headers.get('age') ?? 0);
  if (!Number.isNaN(told) && ageSeconds === 0) aheadMs = told - Date.now();
}

export function serverNow(): number {
  return Date.now() + aheadMs;
}

/** An earlier page's knowledge of the clock, until an answer updates it. */
export function assumeAhead(milliseconds: number): void {
  aheadMs = milliseconds;
}
