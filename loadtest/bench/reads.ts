import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createEvent } from '../../test/support/factories.ts';
import { closedLoop } from '../generator/closed-loop.ts';
import { openConnection, requestBytes } from '../generator/connection.ts';
import { type BenchOptions, type BenchReport, type Measurement, median } from './report.ts';
import { startBenchStack } from './stack.ts';

const warmupSeconds = 2;
const events = 200;

/**
 * Cached public reads through the whole API process against a bare `node:http` server that sends the same bytes with
 * the same headers, each in a process of its own.
 */
export async function benchReads(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('reads');
  const faults: string[] = [];
  try {
    const slugs: string[] = [];
    for (let made = 0; made < events; made += 1) slugs.push((await createEvent(stack.open.db)).slug);
    const api = await stack.startApi({});
    const path = `/v1/events/${slugs[0] ?? ''}`;
    const probe = await openConnection(api.port);
    await probe.send(requestBytes('GET', path, {}));
    const first = await probe.send(requestBytes('GET', path, {}));
    const etag = /\r\netag: (\S+)/.exec(first.headers)?.[1] ?? '';
    if (first.status !== 200 || etag === '') faults.push(`the event page answered ${first.status} with ETag "${etag}"`);
    const page = await probe.send(requestBytes('GET', '/v1/events', {}));
    if (page.status !== 200) faults.push(`the listing answered ${page.status}`);
    probe.close();

    const cases = [
      { name: 'event, from memory', request: requestBytes('GET', path, {}), body: first.body, status: 200 },
      {
        name: 'event, 304',
        request: requestBytes('GET', path, { 'if-none-match': etag }),
        body: Buffer.alloc(0),
        status: 304,
      },
      {
        name: 'event, brotli',
        request: requestBytes('GET', path, { 'accept-encoding': 'br' }),
        body: undefined,
        status: 200,
      },
      { name: 'listing page', request: requestBytes('GET', '/v1/events', {}), body: page.body, status: 200 },
    ];
    const measurements: Measurement[] = [];
    for (const { name, request, status } of cases) {
      const connection = await openConnection(api.port);
      const sample = await connection.send(request);
      connection.close();
      const bare = await startBareServer(sample.status, sample.headers, sample.body);
      const control: Measurement['runs'][number][] = [];
      const ours: Measurement['runs'][number][] = [];
      for (let run = 1; run <= options.runs; run += 1) {
        process.stderr.write(`  ${name}: run ${run} of ${options.runs}\n`);
        // In turn, so that a slow minute of the machine meets both.
        for (const [port, into] of [
          [bare.port, control],
          [api.port, ours],
        ] as const) {
          const result = await closedLoop({
            port,
            connections: Math.min(options.connections, 64),
            warmupSeconds,
            seconds: options.seconds,
            next: () => request,
          });
          if (Object.keys(result.statuses).some((code) => code !== String(status)))
            faults.push(`${name}: ${JSON.stringify(result.statuses)}`);
          into.push({
            perSecond: result.perSecond,
            p50Ms: result.latencies.percentile(0.5),
            p99Ms: result.latencies.percentile(0.99),
            statuses: result.statuses,
          });
        }
      }
      await bare.stop();
      const controlMedian = median(control, (run) => run.perSecond);
      const oursMedian = median(ours, (run) => run.perSecond);
      measurements.push(
        {
          name,
          ...oursMedian,
          runs: ours,
          ratio: oursMedian.perSecond / controlMedian.perSecond,
          note: `${sample.body.length} bytes`,
        },
        { name: '  control: bare node:http, the same bytes', ...controlMedian, runs: control },
      );
    }
    await api.stop();
    return { measurements, faults, facts: { events, connections: Math.min(options.connections, 64) } };
  } finally {
    await stack.close();
  }
}

/** A process that does nothing but send these bytes. */
async function startBareServer(
  status: number,
  headers: string,
  body: Buffer,
): Promise<{ port: number; stop(): Promise<void> }> {
  const child = fork(new URL('bare-server.ts', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  child.send({ status, headers, body: body.toString('base64') });
  const [message] = (await once(child, 'message')) as [{ port: number }];
  return {
    port: message.port,
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}
