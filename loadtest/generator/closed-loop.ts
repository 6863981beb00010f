import { type Connection, openConnection } from './connection.ts';
import { type LoadOptions, type LoadResult, createTally } from './tally.ts';

/**
 * A closed loop: each connection sends its next request after the answer to the last one. It finds the highest rate of a
 * server. Its latencies are those at that rate, and flatter the server: while it stalls, no request is sent. The open loop
 * measures what clients experience at a given rate.
 */
export async function closedLoop(options: LoadOptions): Promise<LoadResult> {
  const tally = createTally(options);
  const connections = await Promise.all(
    Array.from({ length: options.connections }, () => openConnection(options.to, options.nextAddress?.())),
  );
  const measureFrom = performance.now() + options.warmupSeconds * 1000;
  const stopAt = measureFrom + options.seconds * 1000;

  const drive = async (first: Connection): Promise<void> => {
    let connection = first;
    for (;;) {
      const started = performance.now();
      if (started >= stopAt) break;
      if (!connection.isOpen) connection = await openConnection(options.to, options.nextAddress?.());
      try {
        const answer = await connection.send(options.next());
        options.onAnswer?.(answer);
        const ended = performance.now();
        if (started >= measureFrom && ended <= stopAt) tally.answered(answer, ended - started);
      } catch {
        tally.lost();
        connection.close();
      }
    }
    connection.close();
  };
  await Promise.all(connections.map(drive));
  return tally.result();
}
