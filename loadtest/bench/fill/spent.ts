import { Redis } from 'ioredis';
import { processorSeconds } from '../harness/processors.ts';
import { readCounter } from '../harness/read-metrics.ts';
import { poolerStats, serverWork } from '../harness/server-figures.ts';
import { type BenchApi, type BenchStack, partsOf } from '../harness/stack.ts';

/** Running totals by name. Their differences, divided by the number of items, are the cost of one item. */
export type Spent = Readonly<Record<string, number>>;

const microseconds = 1e6;

export async function readSpent(stack: BenchStack, api: BenchApi): Promise<Spent> {
  const work = await serverWork(stack);
  const pooler = (await poolerStats(stack)) ?? {};
  const cpu = Object.entries(processorSeconds(partsOf(stack, api)));
  return {
    'statements in Postgres': work.statements,
    'round trips to Postgres (queries seen by PgBouncer)': pooler['total_query_count'] ?? 0,
    'transactions (seen by PgBouncer)': pooler['total_xact_count'] ?? 0,
    'bytes to Postgres': pooler['total_received'] ?? 0,
    'bytes from Postgres': pooler['total_sent'] ?? 0,
    ...(await redisCommands(stack)),
    'WAL bytes': work.walBytes,
    'WAL records': work.walRecords,
    'WAL full page images': work.fullPageImages,
    'WAL flushes to disk': work.walSyncs,
    'Postgres time in statements, microseconds': work.statementMs * 1000,
    ...Object.fromEntries(cpu.map(([part, seconds]) => [`CPU of ${part}, microseconds`, seconds * microseconds])),
    flushes: await readCounter(api, 'antre_group_commit_batch_size_count', 'group="orders"'),
  };
}

/** The cost of one item to three digits. For grouped items also the items per flush. */
export function perItem(before: Spent, after: Spent, items: number): Record<string, number> {
  const differences = Object.entries(after).map(([name, value]): [string, number] => [
    name,
    value - (before[name] ?? 0),
  ]);
  const flushes = differences.find(([name]) => name === 'flushes')?.[1] ?? 0;
  const costs = differences
    .filter(([name]) => name !== 'flushes')
    .map(([name, spent]) => [name, digits(spent / items)]);
  return { ...Object.fromEntries(costs), ...(flushes > 0 && { 'orders in a flush': digits(items / flushes) }) };
}

function digits(value: number): number {
  return Number(value.toPrecision(3));
}

/** Both roles together, without the commands of this measurement. Redis also counts commands inside scripts. */
async function redisCommands(stack: BenchStack): Promise<Spent> {
  const { redisCacheUrl, redisQueueUrl } = stack.services.addresses;
  const calls = { all: 0, scripts: 0 };
  for (const url of [redisCacheUrl, redisQueueUrl]) {
    const redis = new Redis(url);
    try {
      const said = await redis.info('commandstats');
      for (const [, name = '', count] of said.matchAll(/cmdstat_([^:]+):calls=(\d+)/g)) {
        if (name.startsWith('eval')) calls.scripts += Number(count);
        if (!askers.has(name)) calls.all += Number(count);
      }
    } finally {
      redis.disconnect();
    }
  }
  return { 'Redis commands, with those inside scripts': calls.all, 'Redis scripts run': calls.scripts };
}

const askers = new Set(['info', 'auth', 'hello', 'select', 'client|setname', 'client|setinfo']);
