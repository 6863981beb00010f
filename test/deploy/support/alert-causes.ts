import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type postgres from 'postgres';
import { expect } from 'vitest';
import type { OwnStack } from './own-stack.ts';

/** Causes the faults that alerts report, on a running stack. */

/** Large enough that what the stack itself writes meanwhile changes no share. */
const queueBytesMax = 32 * 1024 * 1024;

/** Fills the queue to this share of its memory; beyond 1, jobs are dropped. */
export async function fillTo(queue: Redis, share: number): Promise<void> {
  // What waits to be written to a busy disk counts as used, but is gone a moment later.
  const used = async () => {
    const memory = await queue.info('memory');
    const bytes = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(memory)?.[1]);
    return bytes('used_memory') - bytes('mem_aof_buffer');
  };
  await queue.config('SET', 'maxmemory', String(queueBytesMax));
  const piece = 'x'.repeat(64 * 1024);
  for (let written = 0; written < 600 && (await used()) < queueBytesMax * Math.min(share, 0.97); written += 1)
    await queue.set(`filler:${share}:${written}`, piece);
  for (let written = 0; share > 1 && written < 100; written += 1) await queue.set(`filler:more:${written}`, piece);
}

/** Two sessions that wait for each other; Postgres ends one. */
export async function deadlock(one: postgres.Sql, other: postgres.Sql): Promise<void> {
  const cross = (sql: postgres.Sql, first: number, second: number, met: Promise<unknown>, arrived: () => void) =>
    sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(${first})`;
      arrived();
      await met;
      await tx`select pg_advisory_xact_lock(${second})`;
    });
  const [a, b] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const met = Promise.all([a.promise, b.promise]);
  const ends = await Promise.allSettled([cross(one, 11, 12, met, a.resolve), cross(other, 12, 11, met, b.resolve)]);
  expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
}

/** Repeats the work until it is stopped. */
export function repeat(act: () => Promise<void>, everyMs: number) {
  let isOver = false;
  const acting = (async () => {
    for (; !isOver; await pause(everyMs)) await act();
  })();
  return {
    stop: async () => {
      isOver = true;
      await acting;
    },
  };
}

/** Turns the switch `drop_class_5`. */
export async function turn(stack: OwnStack, on: boolean): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${stack.port('OPERATIONS_PORT')}/switches/drop_class_5`, {
    method: 'PUT',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${stack.environment['OPERATIONS_TOKEN']}`,
    },
    body: JSON.stringify({ on, reason: 'a test', by: 'the tests' }),
  });
  expect(answer.status).toBe(200);
}
