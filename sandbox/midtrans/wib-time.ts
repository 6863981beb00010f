const wibOffsetMs = 7 * 3_600_000;

/** Epoch milliseconds as Midtrans writes times: `YYYY-MM-DD HH:MM:SS` in WIB (UTC+7), without the offset. */
export function wibTime(epochMs: number): string {
  return new Date(epochMs + wibOffsetMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** Reads `YYYY-MM-DD HH:MM:SS +0700` (any offset); undefined when it is not of that form. */
export function parseStartTime(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d\d):?(\d\d)$/.exec(text);
  if (match === null) return undefined;
  const epochMs = Date.parse(`${match[1]}T${match[2]}${match[3]}:${match[4]}`);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}
