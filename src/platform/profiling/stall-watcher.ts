import { Session } from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';

/** The thread that watches the main thread for stalls (`watch-stalls.ts`). */

export type WatcherData = { readonly beats: BigInt64Array; readonly stallMs: number; readonly stackEveryMs: number };

/**
 * A stall that has lasted `ms` so far, and the main thread's stack, innermost frame first. The stack is empty if one
 * was reported shortly before.
 */
export type Stall = { readonly ms: number; readonly stack: string };

const looksPerStall = 5;
const framesMax = 20;
const nanosecondsPerMs = 1_000_000n;

const { beats, stallMs, stackEveryMs } = workerData as WatcherData;
const lookEveryMs = Math.max(10, stallMs / looksPerStall);
let lookedAt = process.hrtime.bigint();
let isTold = false;
/** Stopping the main thread costs time, which an overloaded process does not have. */
let stackFrom = 0;

setInterval(() => {
  const now = process.hrtime.bigint();
  const msSince = (then: bigint) => Number((now - then) / nanosecondsPerMs);
  // A process that was stopped, or got no processor, stalls as a whole. Its stack would explain nothing.
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

/** V8 stops the main thread at its next statement, reports the stack, and resumes. */
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
