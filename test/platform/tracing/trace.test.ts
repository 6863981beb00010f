import { createServer } from 'node:http';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request as undiciRequest } from 'undici';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createGroupCommit } from '../../../src/platform/database/group-commit.ts';
import { traceOutgoingCalls } from '../../../src/platform/tracing/outgoing-calls.ts';
import {
  beginSpan,
  currentScope,
  currentTraceId,
  storedTraceparent,
  traced,
  withinTrace,
} from '../../../src/platform/tracing/scope.ts';
import { type KeptTrace, beginTrace, endTrace, setTraceSink } from '../../../src/platform/tracing/trace.ts';
import { formatTraceparent, parseTraceparent } from '../../../src/platform/tracing/traceparent.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const sampled = `00-${traceId}-${spanId}-01`;
const unsampled = `00-${traceId}-${spanId}-00`;

const kept: KeptTrace[] = [];
const turnOn = (options: { sampleRatio?: number; slowMs?: number } = {}) =>
  setTraceSink({ sampleRatio: 0, slowMs: 60_000, keep: (trace) => kept.push(trace), ...options });
afterEach(() => {
  setTraceSink(undefined);
  kept.length = 0;
});

const begin = (options: Partial<Parameters<typeof beginTrace>[0]> = {}) => {
  const trace = beginTrace({ kind: 'server', ...options });
  if (trace === undefined) throw new Error('tracing is on');
  return trace;
};
const end = (trace: ReturnType<typeof begin>, fault?: string) =>
  endTrace(trace, { name: 'root', attributes: {}, fault });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the header traceparent', () => {
  test('is read and written as the standard says', () => {
    expect(parseTraceparent(sampled)).toEqual({ traceId, spanId, isSampled: true });
    expect(parseTraceparent(unsampled)).toEqual({ traceId, spanId, isSampled: false });
    expect(formatTraceparent({ traceId, spanId, isSampled: true })).toBe(sampled);
    // A later version may have more fields.
    expect(parseTraceparent(`cc-${traceId}-${spanId}-01-what-comes`)).toEqual({ traceId, spanId, isSampled: true });
  });

  test.each([
    undefined,
    '',
    'nonsense',
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId}-${spanId}-01${' '.repeat(300)}`,
  ])('is left aside when it is none: %s', (text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });
});

describe('a trace', () => {
  test('does not exist while tracing is off, and parts run without it', async () => {
    expect(beginTrace({ kind: 'server', parent: sampled })).toBeUndefined();
    expect(await traced('part', 'client', {}, () => Promise.resolve(currentScope()))).toBeUndefined();
    expect(storedTraceparent()).toBeNull();
  });

  test('is kept with its parts when it is sampled, and goes on where its parent was', async () => {
    turnOn({ sampleRatio: 1 });
    const trace = begin({ parent: unsampled });
    await withinTrace(trace, () =>
      traced('outer', 'client', { of: 1 }, () => traced('inner', 'client', {}, () => pause(2))),
    );
    end(trace);
    const { spans, ...whole } = kept[0] ?? { spans: [] };
    expect(whole).toEqual({ traceId, why: 'sampled' });
    const [root, inner, outer] = spans;
    expect(root).toMatchObject({ name: 'root', parentSpanId: spanId });
    expect([outer?.name, outer?.parentSpanId]).toEqual(['outer', root?.spanId]);
    expect([inner?.name, inner?.parentSpanId]).toEqual(['inner', outer?.spanId]);
    expect((inner?.endedAt ?? 0) - (inner?.startedAt ?? 0)).toBeGreaterThan(1);
  });

  test('that nobody sampled is kept only when it failed or was slow, then with its parts', async () => {
    turnOn({ slowMs: 30 });
    // A busy machine takes more than 30 ms for work of one, so the clock is the test's own.
    let now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    onTestFinished(() => clock.mockRestore());
    const run = async (ms: number, fault?: string) => {
      const trace = begin();
      await withinTrace(trace, () => traced('part', 'client', {}, async () => (now += ms)));
      end(trace, fault);
    };
    await run(1);
    expect(kept).toEqual([]);
    await run(1, 'TIMEOUT');
    await run(50);
    expect(kept.map(({ why, spans }) => [why, spans.length])).toEqual([
      ['error', 2],
      ['slow', 2],
    ]);
  });

  test('of a hot request records no parts unless it is sampled; when it fails, its root is kept', async () => {
    turnOn();
    const trace = begin({ isHot: true });
    const scope = withinTrace(trace, () => currentScope());
    expect(scope).toBeUndefined();
    end(trace, '503');
    expect(kept[0]?.spans).toHaveLength(1);
    expect(kept[0]?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(begin({ isHot: true, parent: sampled }).hasParts).toBe(true);
  });

  test('that strangers ask for is sampled a few times a second; our own are always', () => {
    turnOn();
    const count = (isFromOutside: boolean) =>
      Array.from({ length: 100 }, () => begin({ parent: sampled, isFromOutside })).filter(({ isSampled }) => isSampled)
        .length;
    expect(count(true)).toBeLessThanOrEqual(20);
    expect(count(true)).toBeLessThan(100);
    expect(count(false)).toBe(100);
  });

  test('has a bounded number of parts, and none after its end', async () => {
    turnOn({ sampleRatio: 1 });
    const trace = begin();
    const late = await withinTrace(trace, async () => {
      for (let part = 0; part < 300; part += 1) await traced('part', 'client', {}, () => Promise.resolve());
      return () => beginSpan('late', 'client', {});
    });
    end(trace);
    expect(kept[0]?.spans).toHaveLength(201);
    expect(kept[0]?.spans[0]?.attributes).toEqual({ 'antre.dropped_spans': 100 });
    expect(withinTrace(trace, late)).toBeUndefined();
  });

  test('names a failure by its code or kind, never by its message', async () => {
    turnOn({ sampleRatio: 1 });
    const trace = begin();
    const failing = () => Promise.reject(new TypeError('budi@example.com is wrong'));
    await withinTrace(trace, () => traced('part', 'client', {}, failing)).catch(() => {});
    end(trace);
    expect(kept[0]?.spans.map(({ fault }) => fault)).toEqual([undefined, 'TypeError']);
  });

  test('continues in other processes only if it is sampled', () => {
    turnOn();
    expect(withinTrace(begin(), storedTraceparent)).toBeNull();
    const own = begin({ parent: sampled });
    expect(withinTrace(own, storedTraceparent)).toBe(`00-${traceId}-${own.rootSpanId}-01`);
  });

  test('contains the wait for a shared batch, not the batch itself', async () => {
    turnOn({ sampleRatio: 1 });
    const seen: (string | undefined)[] = [];
    const group = createGroupCommit<number, number>({
      name: 'traced_test',
      flush: async (_lane, items) => {
        seen.push(currentTraceId());
        await pause(2);
        return items;
      },
      batchMax: 10,
      queueMax: 10,
      deadlineMs: 1000,
      flushesMax: 1,
    });
    const trace = begin();
    await withinTrace(trace, () => Promise.all([group.submit('lane', 1), group.submit('lane', 2)]));
    end(trace);
    expect(seen).toEqual([undefined, undefined]);
    expect(kept[0]?.spans.map(({ name }) => name)).toEqual(['root', 'commit traced_test', 'commit traced_test']);
  });
});

test('outgoing calls by undici, fetch and node:http are parts, and carry the trace', async () => {
  const got: (string | undefined)[] = [];
  const server = createServer((incoming, outgoing) => {
    got.push(incoming.headers['traceparent'] as string | undefined);
    outgoing.writeHead(incoming.url === '/broken' ? 500 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = traceOutgoingCalls();
  const calls = [
    async () => (await undiciRequest(`${url}/secret/path?token=1`)).body.dump(),
    async () => (await fetch(`${url}/broken`)).arrayBuffer(),
    () =>
      new Promise<void>((resolve, reject) => {
        httpRequest(`${url}/`, { method: 'POST' }, (answer) => answer.resume().on('end', resolve))
          .on('error', reject)
          .end();
      }),
    () => undiciRequest('http://127.0.0.1:1/').catch(() => {}),
  ];
  try {
    turnOn({ sampleRatio: 1 });
    const trace = begin();
    await withinTrace(trace, async () => {
      for (const call of calls) await call();
    });
    end(trace);
    const parts = kept[0]?.spans.slice(1) ?? [];
    expect(parts.map(({ name, fault, attributes }) => [name, attributes['http.response.status_code'], fault])).toEqual([
      ['GET 127.0.0.1', 200, undefined],
      ['GET 127.0.0.1', 500, '500'],
      ['POST 127.0.0.1', 200, undefined],
      ['GET 127.0.0.1', undefined, 'ECONNREFUSED'],
    ]);
    expect(got).toEqual(parts.slice(0, 3).map((part) => `00-${trace.traceId}-${part.spanId}-01`));
    expect(JSON.stringify(parts)).not.toContain('secret');
    // Outside of a trace nothing is added.
    await calls[0]?.();
    expect(got.at(-1)).toBeUndefined();
  } finally {
    stop();
    server.closeAllConnections();
    server.close();
  }
});
