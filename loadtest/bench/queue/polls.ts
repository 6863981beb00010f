import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { serverWork } from '../harness/server-figures.ts';
import type { BenchStack } from '../harness/stack.ts';

/** Requests and commands that the servers received meanwhile. */
export type Asked = { readonly redisCommands: number; readonly postgresStatements: number };

/** Counts the commands of the cache's Redis and the service's statements while `act` runs. */
export async function askedWhile<Result>(
  stack: BenchStack,
  act: () => Promise<Result>,
): Promise<{ result: Result; asked: Asked; seconds: number }> {
  const redis = new Redis(stack.services.addresses.redisCacheUrl);
  const count = async () => {
    const commands = Number(/total_commands_processed:(\d+)/.exec(await redis.info('stats'))?.[1] ?? 0);
    return { commands, statements: (await serverWork(stack)).statements };
  };
  try {
    const before = await count();
    const began = performance.now();
    const result = await act();
    const seconds = (performance.now() - began) / 1000;
    const after = await count();
    return {
      result,
      seconds,
      asked: {
        redisCommands: after.commands - before.commands,
        postgresStatements: after.statements - before.statements,
      },
    };
  } finally {
    redis.disconnect();
  }
}

/** The same counts without polls: the cost of an open room. */
export async function askedWhileIdle(stack: BenchStack, seconds: number) {
  return askedWhile(stack, () => pause(seconds * 1000));
}
