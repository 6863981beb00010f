import { createEvent } from '../../../testkit/factories.ts';
import {
  type Answer,
  type Connection,
  type Destination,
  openConnection,
  requestBytes,
} from '../../generator/connection.ts';
import { closedLoop } from '../../generator/closed-loop.ts';
import { auditFaults } from '../harness/audit.ts';
import { startBareServer } from '../controls/bare-control.ts';
import { measureColdStart } from './cold-start.ts';
import { type BenchEdge, startEdge } from '../controls/edge.ts';
import { against, watched } from '../harness/measure.ts';
import { type BenchOptions, warmupSeconds } from '../harness/options.ts';
import { type BenchReport, type MeasuredRun, type Measurement, measurementOf } from '../harness/report.ts';
import { serverSettings } from '../harness/server-figures.ts';
import { type BenchApi, type BenchStack, partsOf, say, startBenchStack } from '../harness/stack.ts';

const events = 200;
const connections = 64;
/** Texts as long as organisers write, so that compression pays. */
const description = `Malam puisi dan musik di tepi sawah, tiga panggung, dua belas penampil, dari matahari terbenam sampai tengah malam.
Gerbang dibuka pukul empat sore. Bawalah kartu identitas yang namanya sama dengan nama pemesan; anak di bawah dua belas tahun masuk gratis bersama orang tua. Di dalam ada makanan dari dua puluh warung kampung, air minum gratis, tempat salat, dan pos kesehatan. Kamera tanpa lensa lepas boleh dibawa; payung, botol kaca, dan pengeras suara tidak.

A night of poetry and music beside the rice fields: three stages, twelve acts, from sunset to midnight. Gates open at four in the afternoon. Bring an identity card with the name the tickets were ordered under; children below twelve enter free with a parent. Twenty stalls from the village sell food, drinking water is free, there is a prayer room and a first-aid post. Cameras without interchangeable lenses are welcome; umbrellas, glass bottles and loudspeakers are not. The last trains to the city leave at half past twelve, and shuttle buses run to the northern car park every ten minutes. If it rains we go on; if there is lightning the stages pause and the screens say when they resume.`;
const bar = { ratioMin: 0.9 };

/**
 * Cached public reads through the whole API process, compared with a plain `node:http` server that sends the same bytes and
 * headers, and with nginx's microcache: each on the same core, in turn.
 */
export async function benchReads(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('reads', options);
  const faults: string[] = [];
  try {
    const slugs: string[] = [];
    for (let made = 0; made < events; made += 1)
      slugs.push((await createEvent(stack.open.db, { event: { description } })).slug);
    const api = await stack.startApi({});
    const edge = await startEdge(stack, api.port);
    const measurements: Measurement[] = [];
    for (const one of await casesOf(api.port, slugs[0] ?? ''))
      measurements.push(...(await measureCase({ stack, options, faults, api, edge }, one)));
    if (typeof edge !== 'string') await edge.stop();
    await api.stop();
    const cold = await measureColdStart(stack, options, faults);
    return {
      measurements: [...measurements, cold.measurement],
      faults: [...faults, ...(await auditFaults(stack))],
      facts: {
        pinned: `${stack.pinned}; bare server and nginx on the core of the API`,
        events,
        connections,
        'cold start': cold.facts,
        nginx:
          typeof edge === 'string' ? edge : 'deploy/nginx as npm start -- --edge runs it, limits opened for one client',
        settings: await serverSettings(stack),
      },
    };
  } finally {
    await stack.close();
  }
}

type Case = { readonly name: string; readonly request: string; readonly status: number };
type Means = {
  readonly stack: BenchStack;
  readonly options: BenchOptions;
  readonly faults: string[];
  readonly api: BenchApi;
  readonly edge: BenchEdge | string;
};
type Contestant = { readonly name: string; readonly port: number; readonly runs: MeasuredRun[] };

async function casesOf(port: number, slug: string): Promise<Case[]> {
  const path = `/v1/events/${slug}`;
  const etag = await onConnection(port, (probe) => etagOf(probe, path));
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

/** Asks on a connection of its own. */
export async function onConnection<Result>(
  to: Destination,
  act: (probe: Connection) => Promise<Result>,
): Promise<Result> {
  const probe = await openConnection(to);
  try {
    return await act(probe);
  } finally {
    probe.close();
  }
}

/** @throws if it is not answered with an ETag */
export async function etagOf(probe: Connection, path: string): Promise<string> {
  const { status, headers } = await probe.send(requestBytes('GET', path, {}));
  const etag = /\r\netag: (\S+)/i.exec(headers)?.[1];
  if (status !== 200 || etag === undefined) throw new Error(`${path} answered ${status} with ETag ${etag}`);
  return etag;
}

async function measureCase(means: Means, one: Case): Promise<Measurement[]> {
  const { stack, options, faults, api, edge } = means;
  const sample = await warmAnswer(api.port, one.request);
  const bare = await startBareServer(stack, sample);
  const control: Contestant = { name: '  control: bare node:http, the same bytes', port: bare.port, runs: [] };
  const ours: Contestant = { name: one.name, port: api.port, runs: [] };
  const nginx: Contestant[] = [];
  if (typeof edge !== 'string') {
    const kept = await warmAnswer(edge.port, one.request);
    if (!kept.body.equals(sample.body) || !/edge; hit/.test(kept.headers))
      faults.push(`${one.name}: nginx does not serve the same bytes from its cache`);
    nginx.push({ name: '  beside it: nginx, from its microcache', port: edge.port, runs: [] });
  }
  const parts = { ...partsOf(stack, api), ...(typeof edge === 'string' ? {} : { nginx: edge.pids }), bare: [bare.pid] };
  for (let run = 1; run <= options.runs; run += 1) {
    // In turn, so that a slow minute of the machine affects all of them.
    for (const contestant of [control, ours, ...nginx]) {
      const load = { to: contestant.port, connections, warmupSeconds, seconds: options.seconds };
      const counts = (answer: Answer) => answer.status === one.status;
      const result = await watched(parts, () => closedLoop({ ...load, next: () => one.request, counts }));
      if (Object.keys(result.statuses).some((code) => code !== String(one.status)))
        faults.push(`${one.name}, ${contestant.name.trim()}: ${JSON.stringify(result.statuses)}`);
      contestant.runs.push(result);
    }
    const rates = [ours, control, ...nginx].map(({ runs }) => `${Math.round(runs.at(-1)?.perSecond ?? 0)}/s`);
    say(`${one.name}, run ${run} of ${options.runs}: ours, bare, nginx: ${rates.join(', ')}`);
  }
  await bare.stop();
  return rowsOf(ours, control, nginx, sample.body.length);
}

/** Asks twice, so that the measured reads come from memory. */
function warmAnswer(port: number, request: string): Promise<Answer> {
  return onConnection(port, async (probe) => {
    await probe.send(request);
    return probe.send(request);
  });
}

function rowsOf(ours: Contestant, control: Contestant, nginx: readonly Contestant[], bytes: number): Measurement[] {
  const [controlled, measured] = [control, ours].map(({ name, runs }) => measurementOf(name, runs));
  if (controlled === undefined || measured === undefined) throw new Error('nothing was measured');
  const edges = nginx.map(({ name, runs }) => measurementOf(name, runs));
  const besideNginx = edges.map(({ perSecond }) => `${(measured.perSecond / perSecond).toFixed(2)} of nginx's rate`);
  return [
    { ...against(controlled, measured, bar), note: [`${bytes} bytes`, ...besideNginx].join(', ') },
    controlled,
    ...edges,
  ];
}
