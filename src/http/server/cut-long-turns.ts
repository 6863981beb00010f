import type { Server } from 'node:http';
import { counter } from '../../platform/metrics.ts';

/** The target length of one turn of the event loop that reads requests. */
const turnMsMax = 20;
/** This signal is ignored by default, and nothing else here uses it. */
const signal = 'SIGURG';

const cutTotal = counter(
  'event_loop_turns_cut_total',
  'Turns of the event loop cut because reading sockets filled them',
);

/**
 * Ends a turn of the event loop that reads sockets for too long. While more than a thousand sockets are readable, libuv
 * reads up to 48 times 1,024 of them before timers and `setImmediate` callbacks run (`uv__io_poll`, src/unix/linux.c).
 * This can take more than a second. Meanwhile no deadline fires, and the database driver, which sends in
 * `setImmediate`, sends nothing. Node has no limit for this, but libuv ends the turn when a signal arrives. The process
 * therefore signals itself when a turn has taken too long. A signal costs a few microseconds, and at most fifty are
 * sent in a second.
 */
export function cutLongTurns(server: Server): void {
  let since: number | undefined;
  let isCut = false;
  const endTurn = (): void => {
    since = undefined;
    isCut = false;
  };
  // Once per process, for all its servers. libuv wakes only for signals that have a listener.
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
