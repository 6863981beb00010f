import { randomBytes } from 'node:crypto';
import type { RedisClient } from '../platform/redis-client.ts';
import { type Change, hearChanges } from '../platform/changes.ts';
import { entriesMax, gapRetryMs, messagesPerEntry, pendingMax, publishEveryMs } from './limits.ts';
import { type Draft, topicOf } from './messages.ts';
import { messagesDropped } from './metrics.ts';

/** The stream in Redis that all processes write and read. It belongs to the cache role: losing it loses replays and nothing else. */
export const streamKey = 'antre:live';

export type Publisher = {
  /** Queues messages for publishing. Never waits and never throws. */
  publish(drafts: readonly Draft[]): void;
  close(): void;
};

/**
 * Publishes messages to all processes: one command per 20 ms and process, however many commits there were. The first
 * message after a pause is sent at once. Nobody waits for Redis. Messages that it does not accept are dropped, and an
 * entry with a gap tells all readers; their clients then read the state again. Each entry has its publisher's name and
 * number, by which a reader sees that one is missing.
 */
export function createPublisher(redis: RedisClient): Publisher {
  const name = randomBytes(6).toString('base64url');
  let number = 0;
  let pending: Draft[] = [];
  let timer: NodeJS.Timeout | undefined;
  let hasGap = false;
  let isClosed = false;

  const lose = (reason: string, count: number): void => {
    messagesDropped.inc({ reason }, count);
    hasGap = true;
  };
  const add = (drafts: readonly Draft[]): void => {
    number += 1;
    const fields = [
      'p',
      name,
      'n',
      String(number),
      'm',
      JSON.stringify(
        drafts.map(({ topic, name: event, data, tookMs }) => [
          topic,
          event,
          data,
          ...(tookMs === undefined ? [] : [tookMs]),
        ]),
      ),
    ];
    const tellsGap = hasGap;
    hasGap = false;
    redis.xadd(streamKey, 'MAXLEN', '~', entriesMax, '*', ...fields, ...(tellsGap ? ['g', '1'] : [])).catch(() => {
      lose('redis', drafts.length);
      schedule(gapRetryMs);
    });
  };
  const flush = (): void => {
    timer = undefined;
    if (pending.length === 0 && !hasGap) return;
    const drafts = pending;
    pending = [];
    if (redis.status !== 'ready') {
      lose('redis', drafts.length);
      return schedule(gapRetryMs);
    }
    for (let from = 0; from < drafts.length || from === 0; from += messagesPerEntry) {
      add(drafts.slice(from, from + messagesPerEntry));
    }
    schedule(publishEveryMs);
  };
  const schedule = (milliseconds: number): void => {
    if (timer !== undefined || isClosed) return;
    timer = setTimeout(flush, milliseconds);
    timer.unref();
  };

  return {
    publish: (drafts) => {
      if (isClosed || drafts.length === 0) return;
      if (pending.length + drafts.length > pendingMax) return lose('full', drafts.length);
      for (const draft of drafts) pending.push(draft);
      // Not at once, so that commits that end in this turn of the event loop share the command.
      schedule(0);
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      if (pending.length > 0) flush();
    },
  };
}

/**
 * Publishes the changes that the rooms of this process report. Changes that concern figures are summed per event into
 * one message, however many commits there were.
 * @returns the function that stops it
 */
export function publishChanges(publisher: Publisher): () => void {
  let facts = new Map<string, Facts>();
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    timer = undefined;
    const drafts = [...facts].map(([eventId, fact]): Draft => {
      return { topic: topicOf('facts', eventId), name: 'facts', data: JSON.stringify(fact) };
    });
    facts = new Map();
    publisher.publish(drafts);
  };
  const stop = hearChanges((change) => {
    const { eventId, orders = [] } = change;
    const fact = facts.get(eventId) ?? {};
    facts.set(eventId, sumOf(fact, change));
    publisher.publish(orders.map(orderDraft));
    timer ??= setTimeout(flush, publishEveryMs).unref();
  });
  return () => {
    stop();
    clearTimeout(timer);
    flush();
  };
}

/** Everything that happened to an event within some milliseconds; `orders` if any of its orders changed. */
export type Facts = {
  readonly placed?: number;
  readonly paid?: number;
  readonly scans?: number;
  readonly messages?: number;
  readonly orders?: true;
  readonly allOrders?: true;
};

function sumOf(fact: Facts, { orders, isOfAllOrders, placed, paid, scans, messages }: Change): Facts {
  const sums = { placed, paid, scans, messages };
  const counted = Object.entries(sums).flatMap(([name, count]) =>
    count === undefined ? [] : [[name, count + (fact[name as keyof typeof sums] ?? 0)] as const],
  );
  return {
    ...fact,
    ...Object.fromEntries(counted),
    ...(orders === undefined && isOfAllOrders !== true ? {} : { orders: true }),
    ...(isOfAllOrders === true ? { allOrders: true } : {}),
  };
}

function orderDraft({ id, status, payment, hasNewLink }: NonNullable<Change['orders']>[number]): Draft {
  const data = {
    orderId: id,
    ...(status === undefined ? {} : { status }),
    ...(payment === undefined ? {} : { payment }),
  };
  return {
    topic: topicOf('order', id),
    name: 'order',
    data: JSON.stringify(hasNewLink === true ? { ...data, hasNewLink } : data),
  };
}
