import { Readable } from 'node:stream';
import { Session } from 'node:inspector/promises';
import { getHeapSnapshot, getHeapStatistics } from 'node:v8';
import { type Context, Hono } from 'hono';
import { cpuPprof, heapPprof } from '../../platform/profiling/pprof.ts';
import { operatorOnly } from './operator-token.ts';

const secondsDefault = 10;
const secondsMax = 60;
const samplingMicroseconds = 500;
const heapSamplingBytes = 64 * 1024;
/** A snapshot stops the process for about a second per 100 MB, and needs as much memory again. */
const snapshotBytesMax = 512 * 1024 * 1024;

/**
 * Debugging on the operations port, with the operator's token, one request at a time:
 *
 * - `GET /debug/profile?seconds=10`: a CPU profile in pprof format; with `format=cpuprofile` for a browser's developer
 *   tools.
 * - `GET /debug/heap?seconds=10`: memory allocated in that time and still in use, in pprof format.
 * - `POST /debug/heap-snapshot`: all objects, including all personal data in memory. It stops the process for seconds.
 */
export function debugRoutes(token: string): Hono {
  let isBusy = false;
  const busy = (c: Context) => c.json({ status: 'a profile is being taken' }, 409);
  const alone = async (c: Context, act: () => Promise<Response>): Promise<Response> => {
    if (isBusy) return busy(c);
    isBusy = true;
    try {
      return await act();
    } finally {
      isBusy = false;
    }
  };
  const app = new Hono();
  app.use('/debug/*', operatorOnly(token));
  app.get('/debug/profile', async (c) => {
    const seconds = secondsOf(c);
    if (seconds === undefined) return badSeconds(c);
    const isForBrowser = c.req.query('format') === 'cpuprofile';
    return alone(c, async () => {
      const profile = await withSession(async (session) => {
        await session.post('Profiler.enable');
        await session.post('Profiler.setSamplingInterval', { interval: samplingMicroseconds });
        await session.post('Profiler.start');
        await pause(seconds);
        return (await session.post('Profiler.stop')).profile;
      });
      return isForBrowser
        ? file(c, 'cpuprofile', 'application/json', JSON.stringify(profile))
        : file(c, 'cpu.pb.gz', 'application/octet-stream', await cpuPprof(profile, samplingMicroseconds));
    });
  });
  app.get('/debug/heap', async (c) => {
    const seconds = secondsOf(c);
    if (seconds === undefined) return badSeconds(c);
    return alone(c, async () => {
      const profile = await withSession(async (session) => {
        await session.post('HeapProfiler.startSampling', { samplingInterval: heapSamplingBytes });
        await pause(seconds);
        return (await session.post('HeapProfiler.stopSampling')).profile;
      });
      const bytes = await heapPprof(profile, {
        intervalBytes: heapSamplingBytes,
        durationMicroseconds: seconds * 1_000_000,
      });
      return file(c, 'heap.pb.gz', 'application/octet-stream', bytes);
    });
  });
  app.post('/debug/heap-snapshot', async (c) => {
    if (getHeapStatistics().used_heap_size > snapshotBytesMax)
      return c.json({ status: `the heap is larger than ${snapshotBytesMax} bytes; use /debug/heap` }, 409);
    if (isBusy) return busy(c);
    isBusy = true;
    const snapshot = getHeapSnapshot().once('close', () => {
      isBusy = false;
    });
    return file(c, 'heapsnapshot', 'application/json', Readable.toWeb(snapshot) as ReadableStream);
  });
  return app;
}

function secondsOf(c: Context): number | undefined {
  const seconds = Number(c.req.query('seconds') ?? secondsDefault);
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= secondsMax ? seconds : undefined;
}

const badSeconds = (c: Context) => c.json({ status: `seconds takes a whole number from 1 to ${secondsMax}` }, 400);

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function withSession<Result>(act: (session: Session) => Promise<Result>): Promise<Result> {
  const session = new Session();
  session.connect();
  try {
    return await act(session);
  } finally {
    session.disconnect();
  }
}

function file(c: Context, ending: string, type: string, content: string | Buffer | ReadableStream): Response {
  return c.body(Buffer.isBuffer(content) ? new Uint8Array(content) : content, 200, {
    'content-type': type,
    'content-disposition': `attachment; filename="antre-${process.pid}.${ending}"`,
    'cache-control': 'no-store',
  });
}
