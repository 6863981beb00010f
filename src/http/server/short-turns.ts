import type { Server } from 'node:http';
import { counter } from '../../platform/metrics.ts';

/** Requests that are read in one turn of the event loop take about so long at the most. */
const turnMsMax = 20;
/** Ignored by default, used by nothing else here. */
const signal = 'SIGURG';

const cutTotal = counter('event_loop_turns_cut_total', 'Turns of the event loop ended since sockets alone filled them');

/**
 * Keeps a flood on many connections from taking the whole event loop. While more than a thousand sockets are readable at
 * once, libuv goes on reading them, up to 48 times a thousand, before timers and what was put off by `setImmediate` get
 * their turn (`uv__io_poll`, src/unix/linux.c: 48 polls of 1,024 events): a second and more, in which deadlines do not
 * fire and the database driver, which sends what it has in `setImmediate`, sends nothing. Nothing in Node limits that;
 * but libuv ends the turn when a signal has come. So a process sends one to itself once a turn has taken too long.
 * One costs some microseconds, and there are at most fifty in a second.
 */
export function keepTurnsShort(server: Server): () => void {
  let since: number | undefined;
  let isCut = false;
  const endTurn = (): void => {
    since = undefined;
    isCut = false;
  };
  const heard = (): void => {};
  process.on(signal, heard);
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
  return () => void process.off(signal, heard);
}
