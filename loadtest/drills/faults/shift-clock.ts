import { appendFileSync, readFileSync } from 'node:fs';

/**
 * Loaded into the processes of the drill `clock-stepped` before the product: steps their wall clock, as a wrong NTP
 * server would. The file named by `DRILL_CLOCK_FILE` holds the error in milliseconds. Each step is logged in a file
 * beside it.
 */
const readEveryMs = 100;
const file = process.env['DRILL_CLOCK_FILE'] ?? '';
const trueNow = Date.now;
const TrueDate = Date;
let offsetMs = 0;

setInterval(() => {
  const wanted = Number(readFileSync(file, 'utf8'));
  if (wanted === offsetMs || !Number.isFinite(wanted)) return;
  offsetMs = wanted;
  appendFileSync(`${file}.seen`, `${process.pid} ${new Date().toISOString()}\n`);
}, readEveryMs).unref();

globalThis.Date = new Proxy(TrueDate, {
  construct: (target, given: unknown[], newTarget) =>
    Reflect.construct(target, given.length === 0 ? [trueNow() + offsetMs] : given, newTarget) as object,
  apply: () => new TrueDate(trueNow() + offsetMs).toString(),
});
TrueDate.now = () => trueNow() + offsetMs;
