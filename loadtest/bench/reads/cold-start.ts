import { Redis } from 'ioredis';
import { createEvent } from '../../../testkit/factories.ts';
import { closedLoop } from '../../generator/closed-loop.ts';
import { type Answer, requestBytes } from '../../generator/connection.ts';
import { watched } from '../harness/measure.ts';
import type { BenchOptions } from '../harness/options.ts';
import { networkAddress } from '../load/order-requests.ts';
import { type MeasuredRun, type Measurement, measurementOf } from '../harness/report.ts';
import { readCounter } from '../harness/read-metrics.ts';
import { type BenchStack, partsOf, say } from '../harness/stack.ts';

const events = 1000;
const processes = 2;
const connections = 128;
/** In this order many concurrent requests ask for neighbouring events. */
const askedTogether = 16;

/**
 * A thousand events without cached answers, all requested at once from two fresh processes. Each answer may be rendered
 * once in both together. The other requests must wait for it or find it in Redis.
 */
export async function measureColdStart(
  stack: BenchStack,
  options: BenchOptions,
  faults: string[],
): Promise<{ measurement: Measurement; facts: Record<string, unknown> }> {
  say(`making ${events} events`);
  const paths: string[] = [];
  for (let made = 0; made < events; made += 1) paths.push(`/v1/events/${(await createEvent(stack.open.db)).slug}`);
  const results: MeasuredRun[] = [];
  const builds: string[] = [];
  for (let run = 1; run <= options.runs; run += 1) {
    await forgetCached(stack);
    const api = await stack.startApi({ processes });
    let sent = 0;
    const load = {
      to: api.port,
      connections,
      warmupSeconds: 0,
      seconds: options.seconds,
      next: () => {
        sent += 1;
        const path = paths[Math.floor(sent / askedTogether) % events] ?? '';
        return requestBytes('GET', path, { 'x-forwarded-for': networkAddress(sent % 20_000) });
      },
      counts: ({ status }: Answer) => status === 200,
    };
    const result = await watched(partsOf(stack, api), () => closedLoop(load), 0);
    if (Object.keys(result.statuses).some((code) => code !== '200'))
      faults.push(`cold start: ${JSON.stringify(result.statuses)}`);
    const made = await readCounter(api, 'antre_cached_read_builds_total', 'kind="event"');
    const asked = Math.min(events, Math.floor(sent / askedTogether) + 1);
    if (made !== asked) faults.push(`cold start: ${made} answers were made for ${asked} events that were asked for`);
    say(
      `cold start, run ${run}: ${made} made for ${asked} events, ${Math.round(result.perSecond)}/s ${JSON.stringify(result.statuses)}`,
    );
    builds.push(`${made} for ${asked} events`);
    results.push(result);
    await api.stop();
  }
  return {
    measurement: measurementOf(`cold start of ${events} events, ${processes} API processes`, results),
    facts: { events, 'answers made from Postgres, by run': builds },
  };
}

async function forgetCached(stack: BenchStack): Promise<void> {
  const redis = new Redis(stack.services.addresses.redisCacheUrl);
  try {
    await redis.flushall();
  } finally {
    redis.disconnect();
  }
}
