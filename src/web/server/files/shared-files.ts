import { LRUCache } from 'lru-cache';
import { constantTimeEqual, hmacSha256 } from '../../../platform/crypto.ts';
import { askRedis } from '../../../platform/redis.ts';
import type { RedisClient } from '../../../platform/redis-client.ts';
import { orAfter } from '../../../platform/resilience/deadline.ts';
import type { WebFile } from '../../client-build/bundle-web.ts';
import { type PageFile, typeOf } from './assets.ts';
import { compress } from './variants.ts';

/**
 * Files of other releases. While a release goes out, a page and its scripts may come from processes with different files. Pages that are
 * open or cached ask for files of the release before, some only when a buyer pays or opens a ticket. So each process puts its files into
 * the cache role of Redis, when it starts and when it ends, and finds those of others there. Without Redis such a page must be loaded
 * again.
 */
export type SharedFiles = {
  /** Offers the files of this process to those of other releases. */
  share(): Promise<void>;
  /** A file that this process does not have itself. */
  find(name: string): Promise<PageFile | undefined>;
};

/** Tickets and payments are opened days after the page. */
const keptSeconds = 7 * 24 * 3600;
const readyWithinMs = 1000;
const heldMax = 200;
/** Other names are asked for by robots. */
const hashedName = /^[\w-]{1,60}-[A-Z0-9]{8}\.(?:js|css|svg|png|wasm)$/;
const macBytes = 32;

const keyOf = (name: string) => `web-file:${name}`;

/** @param key signs the files, since a browser runs them: who can write to Redis cannot write scripts */
export function createSharedFiles({
  redis,
  key,
  own,
}: {
  readonly redis: RedisClient;
  readonly key: string;
  readonly own: readonly WebFile[];
}): SharedFiles {
  const held = new LRUCache<string, PageFile>({ max: heldMax });
  /** Many open pages ask for one file at once. It is read and compressed once. */
  const asked = new Map<string, Promise<PageFile | undefined>>();
  const macOf = (name: string, bytes: Uint8Array) =>
    hmacSha256(key, Buffer.concat([Buffer.from(`web file ${name}\n`), bytes]));

  const load = async (name: string): Promise<PageFile | undefined> => {
    const value = await askRedis(redis, () => redis.getBuffer(keyOf(name)));
    if (!value || value.length < macBytes) return undefined;
    // A copy, because ioredis cuts replies from larger buffers.
    const bytes = Buffer.from(value.subarray(macBytes));
    if (!constantTimeEqual(value.subarray(0, macBytes), macOf(name, bytes))) return undefined;
    const file = { type: typeOf(name) ?? 'application/octet-stream', variants: compress(bytes, 'fast') };
    held.set(name, file);
    return file;
  };

  return {
    share: async () => {
      if (own.length > 0) await orAfter(readyWithinMs, untilReady(redis), () => undefined);
      await Promise.allSettled(
        own.map(({ name, bytes }) =>
          redis.set(keyOf(name), Buffer.concat([macOf(name, bytes), bytes]), 'EX', keptSeconds),
        ),
      );
    },
    find: async (name) => {
      if (!hashedName.test(name)) return undefined;
      const known = held.get(name) ?? asked.get(name);
      if (known !== undefined) return known;
      const file = load(name).finally(() => asked.delete(name));
      asked.set(name, file);
      return file;
    },
  };
}

/** A client that does not reach Redis reports errors, and goes on trying. */
async function untilReady(redis: RedisClient): Promise<void> {
  if (redis.status !== 'ready') await new Promise((resolve) => redis.once('ready', resolve));
}
