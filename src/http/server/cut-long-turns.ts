import type { Server } from 'node:http';
import { counter } from '../../platform/metrics.ts';

/** Requests read in one turn of the event loop take at most about this long. */
const turnMsMax = 20;
/** Ignored by default, and used by nothing else here. */
const signal = 'SIGURG';

const cutTotal = counter(
  'event_loop_turns_cut_total',
  'Turns of the event loop cut because reading sockets filled them',
);

/**
 * Ends a turn of the event loop that reads sockets for too long. While more than a thousand sockets are readable, libuv
 * reads up to 48 times 1,024 of them before timers and `setImmediate` callbacks run (`uv__io_poll`, src/unix/linux.c).
 * This takes a second and more; meanwhile no deadline fires, and the database driver, which sends in `setImmediate`,
 * sends nothing. Node has no limit for this, but libuv ends the turn when a signal arrives. The process therefore signals
 * itself when a turn has taken too long. A signal costs some microseconds, and there are at most fifty in a second.
 */
export function cutLongTurns(server: Server): void {
  let since: number | undefined;
  let isCut = false;
  const endTurn = (): void => {
    since = undefined;
    isCut = false;
  };
  // Once per process, for all its servers. libuv wakes only for a signal that somebody listens to.
  if (!process.listeners(signal).includes(heard)) process.on(signal, heard);
  server.prependListener('request', () => {
    const now = performance.now();
    if (since === undefined) {
      since = now;
      setImmediate(endTurn);
    } else if (!isCut && now - since > turnMsMax) {
      isCut = true;
      cutTotal.inc();
      process.kill(process.pid, signal);
    }
  });
}

function heard(): void {}
