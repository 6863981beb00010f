import { z } from 'zod';
import { createLatencies } from '../../generator/latencies.ts';
import { patienceMs } from '../../bench/surge/step.ts';
import type { Stage } from '../../bench/surge/step.ts';

/** The sandbox keeps only its newest lines, so they are read this often. */
const readEveryMs = 500;
const deadlineMs = 5000;
const linesMax = 10_000;

const lineSchema = z.looseObject({ seq: z.number(), kind: z.string() });
/** Lines of other kinds have fields of the same names. */
const callbackSchema = z.object({ at: z.string(), status: z.number(), ms: z.number() });

/** The callbacks that the sandbox has sent, according to its journal. */
export type FollowedCallbacks = { since: Stage['callbacksSince']; stop(): void };

/** Follows the sandbox's journal from now on. @throws if the sandbox does not answer */
export async function followCallbacks(sandboxUrl: string): Promise<FollowedCallbacks> {
  let kept: { toldMs: number; ms: number }[] = [];
  let cursor = 0;
  const read = async () => {
    const url = `${sandboxUrl}/journal/lines?since=${cursor}&limit=${linesMax}`;
    const text = await (await fetch(url, { signal: AbortSignal.timeout(deadlineMs) })).text();
    for (const line of text.split('\n').filter((one) => one !== '')) {
      const content: unknown = JSON.parse(line);
      const { seq, kind } = lineSchema.parse(content);
      if (seq <= cursor) continue;
      cursor = seq;
      const sent = kind === 'callback.sent' ? callbackSchema.safeParse(content).data : undefined;
      if (sent?.status === 200) kept.push({ toldMs: Date.parse(sent.at) - sent.ms, ms: sent.ms });
    }
  };
  // One after the other, so that no line is counted twice. The next read finds lines that one read misses.
  let reading = read();
  await reading;
  const timer = setInterval(() => {
    reading = reading.then(read).catch(() => {});
  }, readEveryMs);
  kept = [];
  return {
    since: async (fromMs) => {
      reading = reading.then(read);
      await reading;
      const latencies = createLatencies();
      const counted = kept.filter(({ toldMs }) => toldMs >= fromMs);
      for (const { ms } of counted) latencies.add(ms);
      kept = [];
      return { latencies, inTime: counted.filter(({ ms }) => ms <= patienceMs).length };
    },
    stop: () => clearInterval(timer),
  };
}
