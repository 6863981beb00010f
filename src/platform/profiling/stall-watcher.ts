import { Session } from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';

/** The thread beside the main one that sees its stalls: see `watch-stalls.ts`. */

export type WatcherData = { readonly beats: BigInt64Array; readonly stallMs: number; readonly stackEveryMs: number };

/** A stall that lasts since `ms`, and where the main thread was, the innermost frame first. Empty if one was told shortly before. */
export type Stall = { readonly ms: number; readonly stack: string };

const looksPerStall = 5;
const framesMax = 20;
const nanosecondsPerMs = 1_000_000n;

const { beats, stallMs, stackEveryMs } = workerData as WatcherData;
const lookEveryMs = Math.max(10, stallMs / looksPerStall);
let lookedAt = process.hrtime.bigint();
let isTold = false;
/** Stopping the main thread costs it time, which an overloaded process has not. */
let stackFrom = 0;

setInterval(() => {
  const now = process.hrtime.bigint();
  const msSince = (then: bigint) => Number((now - then) / nanosecondsPerMs);
  // A process that was stopped, or got no processor, stalls as a whole: its stack would tell nothing.
  const isLateItself = msSince(lookedAt) > stallMs / 2 + lookEveryMs;
  lookedAt = now;
  const late = msSince(Atomics.load(beats, 0));
  if (late < stallMs) isTold = false;
  else if (!isTold && !isLateItself) {
    isTold = true;
    if (performance.now() < stackFrom) return tell({ ms: late, stack: '' });
    stackFrom = performance.now() + stackEveryMs;
    tellStack(late);
  }
}, lookEveryMs);

function tell(stall: Stall): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(stall);
}

/** V8 stops the main thread at its next statement, tells the stack, and lets it go on. */
function tellStack(ms: number): void {
  const session = new Session();
  const urls = new Map<string, string>();
  session.connectToMainThread();
  session.on('Debugger.scriptParsed', ({ params }) => void urls.set(params.scriptId, params.url));
  session.once('Debugger.paused', ({ params }) => {
    const stack = params.callFrames
      .slice(0, framesMax)
      .map(({ functionName, location }) => {
        const place = `${urls.get(location.scriptId) ?? ''}:${location.lineNumber + 1}:${(location.columnNumber ?? 0) + 1}`;
        return `    at ${functionName === '' ? '(anonymous)' : functionName} (${place})`;
      })
      .join('\n');
    session.post('Debugger.resume');
    session.disconnect();
    tell({ ms, stack });
  });
  session.post('Debugger.enable');
  session.post('Debugger.pause');
}
