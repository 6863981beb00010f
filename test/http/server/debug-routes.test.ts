import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { expect, test } from 'vitest';
import { operationsApp } from '../../../src/http/server/health.ts';
import { operationsToken, startApiProcess } from '../../../testkit/processes/api-process.ts';
import { createTestDatabase } from '../../../testkit/services/database.ts';
import { testStack } from '../../../testkit/services/stack.ts';

const token = 'test-only-operations-token-0123456789abc';
const app = operationsApp({ probes: [], phase: () => 'serving', token });
const ask = (path: string, credential?: string, method = 'GET') =>
  app.request(`/debug/${path}`, {
    method,
    headers: credential === undefined ? {} : { authorization: `Bearer ${credential}` },
  });

/** The names of the functions of a profile, with the sum of their values of the last type. */
async function read(response: Response) {
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/octet-stream']);
  const profile = Profile.decode(gunzipSync(Buffer.from(await response.arrayBuffer())));
  const { strings } = profile.stringTable;
  const types = profile.sampleType.map(({ type, unit }) => `${strings[Number(type)]} ${strings[Number(unit)]}`);
  const names = new Map(profile.function.map(({ id, name }) => [Number(id), strings[Number(name)]]));
  const sums = new Map<string, number>();
  for (const { locationId, value } of profile.sample)
    for (const name of new Set(locationId.map((id) => names.get(Number(id)) ?? '?')))
      sums.set(name, (sums.get(name) ?? 0) + Number(value.at(-1)));
  return { types, sums };
}

test('a profile needs the token, is bounded, and runs one at a time', async () => {
  for (const path of ['profile', 'heap']) {
    expect((await ask(path)).status).toBe(401);
    expect((await ask(path, 'wrong')).status).toBe(401);
    expect((await ask(`${path}?seconds=0`, token)).status).toBe(400);
    expect((await ask(`${path}?seconds=3600`, token)).status).toBe(400);
  }
  expect((await ask('heap-snapshot', undefined, 'POST')).status).toBe(401);
  const taking = ask('profile?seconds=1&format=cpuprofile', token);
  for (const path of ['profile?seconds=1', 'heap?seconds=1']) expect((await ask(path, token)).status).toBe(409);
  expect((await ask('heap-snapshot', token, 'POST')).status).toBe(409);
  const taken = await taking;
  expect(taken.status).toBe(200);
  expect(await taken.json()).toHaveProperty('nodes');
});

test('a CPU profile in pprof format shows what used the processor, without waiting', async () => {
  const taking = ask('profile?seconds=1', token);
  const working = setInterval(workHard, 20);
  const { types, sums } = await read(await taking);
  clearInterval(working);
  expect(types).toEqual(['samples count', 'cpu nanoseconds']);
  expect(sums.get('workHard')).toBeGreaterThan(20e6);
  expect(sums.get('workHard')).toBeLessThan(3e9);
  expect([...sums.keys()]).not.toContain('(idle)');
});

function workHard(): number {
  const until = performance.now() + 10;
  let sum = 0;
  while (performance.now() < until) sum += Math.sqrt(sum + 1);
  return sum;
}

test('a heap profile in pprof format shows what holds memory', async () => {
  const held: object[] = [];
  const taking = ask('heap?seconds=1', token);
  setTimeout(function holdMemory() {
    for (let count = 0; count < 200_000; count += 1) held.push({ count, text: `number ${count}` });
  }, 100);
  const { types, sums } = await read(await taking);
  expect(types).toEqual(['inuse_space bytes']);
  expect(sums.get('holdMemory')).toBeGreaterThan(2_000_000);
  expect(held.length).toBe(200_000);
});

test('a snapshot is sent whole over the network, and then another one can be taken', async () => {
  // Of a process of its own: the snapshot of a test worker would hold every module that its tests have loaded.
  const database = await createTestDatabase();
  const { redisCacheUrl: cacheUrl, redisQueueUrl: queueUrl } = testStack();
  const serving = await startApiProcess({ databaseUrl: database.url, cacheUrl, queueUrl });
  try {
    const take = () =>
      serving.operations('/debug/heap-snapshot', {
        method: 'POST',
        headers: { authorization: `Bearer ${operationsToken}` },
      });
    const text = await (await take()).text();
    expect(text.slice(0, 20)).toContain('"snapshot"');
    expect(text.trimEnd().endsWith('}')).toBe(true);
    const next = await take();
    expect(next.status).toBe(200);
    await next.body?.cancel();
    // A client that goes away in the middle does not keep others out.
    await expect.poll(async () => (await take()).status, { timeout: 10_000 }).toBe(200);
  } finally {
    await serving.kill();
    await database.close();
  }
});

test('without a token nothing is served', async () => {
  const bare = operationsApp({ probes: [], phase: () => 'serving' });
  expect((await bare.request('/debug/profile', { headers: { authorization: `Bearer ${token}` } })).status).toBe(404);
});
