import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { Machine } from './machine.ts';

/** The results since the last report. `failed` counts answers other than 201 by their code. */
export type Sold = { placed: number; readonly failed: Record<string, number>; slowestMs: number };

/** Buyers who order all the time. */
export type Buyers = {
  report(): Promise<Sold>;
  /** @returns how many orders lack a ticket or a mail after all has settled */
  end(): Promise<{ readonly unserved: number; readonly mails: number }>;
};

const firstOrderWithinMs = 60_000;
const answerWithinMs = 180_000;

/** Starts them on the machine, and waits for the first order. */
export async function startBuyers(machine: Machine, environment: Readonly<Record<string, string>>): Promise<Buyers> {
  const child = machine.startBeside('loadtest/deploy-try/sell.ts', environment);
  if (child.stdout === null) throw new Error('buyers say nothing');
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the buyers have ended')));
  ended.catch(() => {});
  const next = async <Answer>(): Promise<Answer> => {
    const [line] = (await Promise.race([
      once(lines, 'line', { signal: AbortSignal.timeout(answerWithinMs) }),
      ended,
    ])) as [string];
    return JSON.parse(line) as Answer;
  };
  const report = async () => {
    const answer = next<Sold>();
    child.stdin?.write('\n');
    return answer;
  };
  const giveUpAt = performance.now() + firstOrderWithinMs;
  for (;;) {
    const { placed, failed } = await report();
    if (placed > 0) break;
    if (performance.now() > giveUpAt) throw new Error(`no order was taken: ${JSON.stringify(failed)}`);
    await pause(100);
  }
  return {
    report,
    end: () => {
      const answer = next<{ unserved: number; mails: number }>();
      child.stdin?.end();
      return answer;
    },
  };
}
