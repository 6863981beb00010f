import { type Connection, openConnection } from './connection.ts';
import { type LoadOptions, type LoadResult, createTally } from './tally.ts';

/** Requests per second: one rate for the whole run, or one for each second of it, warm-up included. */
export type OfferedRate = number | readonly number[];

/** Requests that are unanswered this long after the last one was due count as lost. */
const drainMs = 30_000;
const pauseMs = 1;

/**
 * An open loop: requests are due at a fixed rate, whatever the server does, as people arrive. Latency counts from the
 * moment a request was due, not from when a connection was free, so a stall affects every request that was due during it.
 * `connections` bounds the requests in flight; the others wait, and that counts. Connections are opened when needed, since
 * servers close idle ones.
 */
export async function openLoop(options: LoadOptions & { readonly offeredPerSecond: OfferedRate }): Promise<LoadResult> {
  const tally = createTally(options);
  const idle: Connection[] = [];
  const used = new WeakMap<Connection, number>();
  const isWorn = (connection: Connection): boolean => {
    const requests = (used.get(connection) ?? 0) + 1;
    used.set(connection, requests);
    return requests >= (options.requestsPerConnection ?? Number.POSITIVE_INFINITY);
  };
  let free = options.connections;
  const due: number[] = [];
  let firstDue = 0;
  let underway = 0;
  const startedAt = performance.now();
  const measureFrom = startedAt + options.warmupSeconds * 1000;

  const send = async (connection: Connection | undefined, dueAt: number): Promise<void> => {
    underway += 1;
    let own = connection;
    try {
      if (own === undefined || !own.isOpen) own = await openConnection(options.to, options.nextAddress?.());
      const answer = await own.send(options.next());
      options.onAnswer?.(answer);
      if (dueAt >= measureFrom) tally.answered(answer, performance.now() - dueAt);
    } catch {
      tally.lost();
      own?.close();
    }
    underway -= 1;
    if (own === undefined || isWorn(own)) {
      own?.close();
      free += 1;
    } else idle.push(own);
    takeTurns();
  };
  const takeTurns = (): void => {
    while (firstDue < due.length) {
      const connection = idle.pop();
      if (connection === undefined && free === 0) return;
      if (connection === undefined) free -= 1;
      const dueAt = due[firstDue] ?? 0;
      firstDue += 1;
      void send(connection, dueAt);
    }
    due.length = 0;
    firstDue = 0;
  };

  const moments = momentsOf(options.offeredPerSecond, options.warmupSeconds + options.seconds);
  for (let next = moments.next(); next.done !== true; ) {
    const elapsedSeconds = (performance.now() - startedAt) / 1000;
    for (; next.done !== true && next.value <= elapsedSeconds; next = moments.next())
      due.push(startedAt + next.value * 1000);
    takeTurns();
    if (next.done !== true) await pause(startedAt + next.value * 1000 - performance.now());
  }
  const giveUpAt = performance.now() + drainMs;
  while ((underway > 0 || firstDue < due.length) && performance.now() < giveUpAt) await pause();
  for (let left = due.length - firstDue; left > 0; left -= 1) tally.lost();
  firstDue = due.length;
  for (const connection of idle) connection.close();
  return tally.result();
}

/** The seconds since the start at which a request is due, in order. */
export function* momentsOf(rate: OfferedRate, seconds: number): Generator<number, undefined> {
  if (typeof rate === 'number') {
    const total = Math.floor(seconds * rate);
    for (let offered = 0; offered < total; offered += 1) yield offered / rate;
    return undefined;
  }
  // The fraction of a request goes into the next second, so that rates below one are sent, too.
  let owed = 0;
  for (const [second, perSecond] of rate.slice(0, Math.ceil(seconds)).entries()) {
    owed += perSecond;
    const whole = Math.floor(owed);
    for (let place = 0; place < whole; place += 1) yield second + place / whole;
    owed -= whole;
  }
  return undefined;
}

/** A slow rate looks only when a request is due, so that it costs the machine under test no processor time. */
function pause(milliseconds = pauseMs): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(pauseMs, milliseconds)));
}
