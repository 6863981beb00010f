import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { duplicateRedis, openRedis } from '../../src/platform/redis-client.ts';
import { parseRedisAddress } from '../../src/platform/redis-address.ts';
import { type RedisTopology, startRedisSentinels } from '../../testkit/services/redis-topologies.ts';
import { until } from '../../testkit/until.ts';

/**
 * Guards that no client ends for good in a failover. A client is at risk if it asks the sentinels for the master just as they announce the
 * failover, so these ask often and at different times.
 */

const oursCount = 20;
const plainCount = 60;
const askAgainWithinMs = 20;
const startWithinMs = 60_000;
const backWithinMs = 20_000;
const askSoon = () => Math.ceil(Math.random() * askAgainWithinMs);
const retry = { retryStrategy: askSoon, connectTimeout: 2000, maxRetriesPerRequest: null, protocol: 2 } as const;

let redis: RedisTopology;
beforeAll(async () => {
  redis = await startRedisSentinels();
}, startWithinMs);
afterAll(() => redis?.close());

test('a failover ends no client of ours; control: it ends clients of the library as it is', {
  timeout: startWithinMs,
}, async () => {
  const opened = Array.from({ length: oursCount }, () => openRedis(redis.url, retry));
  // BullMQ copies the client that it is given.
  const copies = opened.map((client) => duplicateRedis(client, {}));
  const ours = [...opened, ...copies];
  const plain = Array.from({ length: plainCount }, openPlain);
  const all = [...ours, ...plain];
  for (const client of all) client.on('error', () => {});
  const warnings: Error[] = [];
  const warned = (warning: Error) => void warnings.push(warning);
  process.on('warning', warned);
  try {
    await until(() => all.every(({ status }) => status === 'ready'), backWithinMs);
    await redis.failOver('any');
    await until(() => ours.every(({ status }) => status === 'ready'), backWithinMs);
    const answers = await Promise.all(ours.map((client) => client.set('key', 'value')));
    expect(new Set(answers)).toEqual(new Set(['OK']));
    expect(plain.filter(({ status }) => status === 'end').length, 'the control must show the fault').toBeGreaterThan(0);
    // Each try to reconnect would leave a listener and a timer at the sentinels' connections.
    expect(warnings).toEqual([]);
  } finally {
    process.off('warning', warned);
    for (const client of all) client.disconnect();
  }
});

function openPlain(): Redis {
  const address = parseRedisAddress(redis.url);
  if (address?.master === undefined) throw new Error('no address of sentinels');
  const sentinels = address.nodes.map((node) => ({ ...node }));
  return new Redis({
    ...retry,
    sentinels,
    name: address.master,
    failoverDetector: true,
    sentinelRetryStrategy: askSoon,
  });
}
