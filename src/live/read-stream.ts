import { setTimeout as pause } from 'node:timers/promises';
import { type RedisClient, duplicateRedis } from '../platform/redis-client.ts';
import type { Log } from '../platform/log.ts';
import { entriesPerRead, readBlockMs, readDeadlineMs, readPauseMs, replayMs } from './limits.ts';
import { type Draft, type Message, type Position, isAfter, messagesOf, positionOf } from './messages.ts';
import { gapsSeen } from './metrics.ts';
import { streamKey } from './publish.ts';

export type StreamListener = {
  /**
   * Reading starts, or continues after messages may have been missed. Entries before `from` are not known for certain.
   */
  onStart(from: Position): void;
  /** Messages in order; before the first `onLive`, those of the last minutes. */
  onMessages(messages: readonly Message[]): void;
  /** Reading is up to date. `hasGap`: messages may have been missed since the last time. */
  onLive(hasGap: boolean): void;
  /** Redis does not answer. Nothing arrives until `onLive`. */
  onAway(): void;
};

type Entry = readonly [id: string, fields: readonly string[]];

/** Names of publishers that are kept. Processes come and go. */
const publishersMax = 1000;

/**
 * The only reader of a process. It follows the stream in Redis on a connection of its own, and begins with the last
 * minutes. It notices missing entries by the numbers of their publishers, and by its own last entry, which must still
 * exist after a pause or a reconnect.
 */
export function readStream(deps: { redis: RedisClient; log: Log; listener: StreamListener }): { close(): void } {
  const redis = duplicateRedis(deps.redis, {
    enableAutoPipelining: false,
    enableOfflineQueue: true,
    // Calls in flight fail as soon as the connection is lost, not at their deadline.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: readDeadlineMs,
  });
  // The client that it duplicates already logs that Redis is down.
  redis.on('error', () => {});
  const place = createPlace(redis, deps.listener);
  let isClosed = false;

  const run = async (): Promise<void> => {
    let hasStarted = false;
    while (!isClosed) {
      try {
        await (hasStarted ? place.goOn() : place.start());
        hasStarted = true;
        await place.follow();
      } catch (error) {
        if (isClosed) return;
        deps.listener.onAway();
        if (redis.status === 'ready') {
          deps.log.warn({ err: error }, 'the live stream could not be read');
          // The connection may be dead.
          redis.disconnect(true);
        }
        await pause(readPauseMs);
      }
    }
  };
  void run();
  return {
    close: () => {
      isClosed = true;
      redis.disconnect();
    },
  };
}

/** How far the stream was read. */
function createPlace(redis: RedisClient, listener: StreamListener) {
  /** The last number of each publisher. */
  const numbers = new Map<string, number>();
  let lastId = '0-0';
  /** Whether `lastId` is an entry that was read. */
  let isRead = false;

  /** @returns whether entries before one of these are missing, or messages were not published */
  const take = (entries: readonly Entry[]): boolean => {
    let hasGap = false;
    for (const [id, fields] of entries) {
      const { publisher, number, drafts, tellsGap } = entryOf(fields);
      const known = numbers.get(publisher);
      if (numbers.size >= publishersMax) numbers.clear();
      numbers.set(publisher, number);
      if (tellsGap || (known !== undefined && number !== known + 1)) {
        hasGap = true;
        const [milliseconds, sequence] = positionOf(id) ?? [0, 0];
        listener.onStart([milliseconds, sequence, -1]);
      }
      lastId = id;
      isRead = true;
      listener.onMessages(messagesOf(id, drafts));
    }
    return hasGap;
  };
  const now = async (): Promise<number> => {
    const [seconds, microseconds] = await redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
  };
  const hasLast = async (): Promise<boolean> => !isRead || (await redis.xrange(streamKey, lastId, lastId)).length > 0;
  /** Continues from the newest entry, because Redis has lost entries before it. */
  const startAnew = async (): Promise<void> => {
    gapsSeen.inc();
    const [newest] = (await redis.xrevrange(streamKey, '+', '-', 'COUNT', 1)) as readonly Entry[];
    numbers.clear();
    isRead = newest !== undefined;
    const present = await now();
    // Of an empty stream from a moment before: an entry of this millisecond may be on its way.
    lastId = newest?.[0] ?? `${present - 1}-0`;
    listener.onStart((newest && positionOf(lastId)) ?? [present, 0, 0]);
    listener.onLive(true);
  };

  return {
    /** Reads the last minutes. Entries before the oldest may have been cut from a full stream, or lost with Redis. */
    start: async (): Promise<void> => {
      const present = await now();
      const [oldest] = (await redis.xrange(streamKey, '-', '+', 'COUNT', 1)) as readonly Entry[];
      const known = (oldest && positionOf(oldest[0])) ?? [present, 0, 0];
      const from = present - replayMs;
      lastId = `${from}-0`;
      listener.onStart(isAfter(known, [from, 0, 0]) ? known : [from, 0, 0]);
      for (;;) {
        const entries = (await redis.xrange(streamKey, `(${lastId}`, '+', 'COUNT', entriesPerRead)) as readonly Entry[];
        take(entries);
        if (entries.length < entriesPerRead) break;
      }
      listener.onLive(false);
    },
    /** After Redis was down. */
    goOn: async (): Promise<void> => {
      if (await hasLast()) listener.onLive(false);
      else await startAnew();
    },
    follow: async (): Promise<never> => {
      for (;;) {
        const read = await redis.xread('COUNT', entriesPerRead, 'BLOCK', readBlockMs, 'STREAMS', streamKey, lastId);
        const entries = read?.[0]?.[1] as readonly Entry[] | undefined;
        if (entries === undefined) {
          if (!(await hasLast())) await startAnew();
        } else if (take(entries)) {
          gapsSeen.inc();
          listener.onLive(true);
        }
      }
    },
  };
}

/** The fields of an entry, as `createPublisher` writes them. */
function entryOf(fields: readonly string[]) {
  const values = new Map<string, string>();
  for (let index = 0; index + 1 < fields.length; index += 2) values.set(fields[index] ?? '', fields[index + 1] ?? '');
  const drafts = JSON.parse(values.get('m') ?? '[]') as readonly (readonly [
    Draft['topic'],
    Draft['name'],
    string,
    number?,
  ])[];
  return {
    publisher: values.get('p') ?? '',
    number: Number(values.get('n')),
    drafts: drafts.map(([topic, name, data, tookMs]): Draft => ({ topic, name, data, tookMs })),
    tellsGap: values.has('g'),
  };
}
