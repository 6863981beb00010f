import { type Answer, openConnection } from './connection.ts';
import { type Latencies, createLatencies } from './latencies.ts';

/**
 * A closed loop: each connection sends its next request when the last one was answered. It finds the highest rate that
 * a server reaches, with the latency at that rate; it says nothing about what happens when more is offered (for that
 * there is the open loop).
 */
export type ClosedLoopResult = {
  readonly seconds: number;
  readonly answers: number;
  readonly perSecond: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly latencies: Latencies;
};

export type ClosedLoopOptions = {
  readonly port: number;
  readonly connections: number;
  readonly warmupSeconds: number;
  readonly seconds: number;
  /** The bytes of the next request; called for each. */
  readonly next: () => string;
  /** Called for each answer, also during warm-up. */
  readonly onAnswer?: (answer: Answer) => void;
};

export async function closedLoop(options: ClosedLoopOptions): Promise<ClosedLoopResult> {
  const latencies = createLatencies();
  const statuses: Record<string, number> = {};
  const connections = await Promise.all(Array.from({ length: options.connections }, () => openConnection(options.port)));
  const measureFrom = performance.now() + options.warmupSeconds * 1000;
  const stopAt = measureFrom + options.seconds * 1000;
  let answers = 0;
  await Promise.all(
    connections.map(async (connection) => {
      for (;;) {
        const started = performance.now();
        if (started >= stopAt) return;
        const answer = await connection.send(options.next());
        options.onAnswer?.(answer);
        const ended = performance.now();
        if (started < measureFrom || ended > stopAt) continue;
        answers += 1;
        latencies.add(ended - started);
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      }
    }),
  );
  for (const connection of connections) connection.close();
  return { seconds: options.seconds, answers, perSecond: answers / options.seconds, statuses, latencies };
}
