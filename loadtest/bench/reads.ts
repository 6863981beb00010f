import { createEvent } from '../../test/support/factories.ts';
import { type Connection, openConnection, requestBytes } from '../generator/connection.ts';
import { startBareServer } from './bare-control.ts';
import { measureColdStart } from './cold-start.ts';
import { auditFaults } from './audit.ts';
import { closedLoop } from '../generator/closed-loop.ts';
import type { LoadResult } from '../generator/tally.ts';
import { type BenchOptions, warmupSeconds } from './options.ts';
import { type BenchReport, type Measurement, measurementOf } from './report.ts';
import { type BenchStack, say, startBenchStack } from './stack.ts';
import { against } from './measure.ts';

const events = 200;
const connections = 64;
const bar = { ratioMin: 0.75 };

/**
 * Cached public reads through the whole API process against a bare `node:http` server that sends the same bytes with
 * the same headers, each in a process of its own on the same core, in turn.
 */
export async function benchReads(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('reads', options);
  const faults: string[] = [];
  try {
    const slugs: string[] = [];
    for (let made = 0; made < events; made += 1) slugs.push((await createEvent(stack.open.db)).slug);
    const api = await stack.startApi({});
    const measurements: Measurement[] = [];
    for (const { name, request, status } of await casesOf(api.port, slugs[0] ?? ''))
      measurements.push(...(await measurePair(stack, options, faults, { name, request, status, port: api.port })));
    await api.stop();
    const cold = await measureColdStart(stack, options, faults);
    return {
      measurements: [...measurements, cold.measurement],
      faults: [...faults, ...(await auditFaults(stack))],
      facts: {
        pinned: stack.pinned,
        events,
        connections,
        'cold start': cold.facts,
        'nginx microcache': 'not part of this bench: the edge is measured with npm start -- --edge',
      },
    };
  } finally {
    await stack.close();
  }
}

type Case = { readonly name: string; readonly request: string; readonly status: number };

async function casesOf(port: number, slug: string): Promise<Case[]> {
  const path = `/v1/events/${slug}`;
  const probe = await openConnection(port);
  const etag = await etagOf(probe, path);
  await etagOf(probe, '/v1/events');
  probe.close();
  return [
    { name: 'event, from memory', request: requestBytes('GET', path, {}), status: 200 },
    { name: 'event, 304', request: requestBytes('GET', path, { 'if-none-match': etag }), status: 304 },
    { name: 'event, brotli', request: requestBytes('GET', path, { 'accept-encoding': 'br' }), status: 200 },
    { name: 'listing page', request: requestBytes('GET', '/v1/events', {}), status: 200 },
    {
      name: 'listing page, brotli',
      request: requestBytes('GET', '/v1/events', { 'accept-encoding': 'br' }),
      status: 200,
    },
  ];
}

/** Asks twice: what is measured is the second way, from memory. */
async function etagOf(probe: Connection, path: string): Promise<string> {
  await probe.send(requestBytes('GET', path, {}));
  const { status, headers } = await probe.send(requestBytes('GET', path, {}));
  const etag = /\r\netag: (\S+)/i.exec(headers)?.[1];
  if (status !== 200 || etag === undefined) throw new Error(`${path} answered ${status} with ETag ${etag}`);
  return etag;
}

async function measurePair(
  stack: BenchStack,
  options: BenchOptions,
  faults: string[],
  { name, request, status, port }: Case & { port: number },
): Promise<Measurement[]> {
  const probe = await openConnection(port);
  const sample = await probe.send(request);
  probe.close();
  const bare = await startBareServer(stack, sample);
  const ours: LoadResult[] = [];
  const control: LoadResult[] = [];
  for (let run = 1; run <= options.runs; run += 1) {
    // In turn, so that a slow minute of the machine meets both.
    for (const [from, into] of [
      [bare.port, control],
      [port, ours],
    ] as const) {
      const load = { port: from, connections, warmupSeconds, seconds: options.seconds, next: () => request };
      const result = await closedLoop({ ...load, counts: (answer) => answer.status === status });
      if (Object.keys(result.statuses).some((code) => code !== String(status)))
        faults.push(`${name}: ${JSON.stringify(result.statuses)}`);
      into.push(result);
    }
    say(
      `${name}, run ${run}: ${Math.round(ours.at(-1)?.perSecond ?? 0)}/s, control ${Math.round(control.at(-1)?.perSecond ?? 0)}/s`,
    );
  }
  await bare.stop();
  const controlled = measurementOf('  control: bare node:http, the same bytes', control);
  return [{ ...against(controlled, measurementOf(name, ours), bar), note: `${sample.body.length} bytes` }, controlled];
}
