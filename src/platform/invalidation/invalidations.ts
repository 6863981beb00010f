import { randomBytes } from 'node:crypto';
import type { Log } from '../log.ts';
import { type RedisClient, subscribeTo } from '../redis-client.ts';

/** What people change, and processes keep in memory (`docs/architecture.md`, "Caches of what people change"). */
export type InvalidationKind = 'access' | 'payment_account' | 'senders' | 'message_texts' | 'ticket_keys';

/** Tells the caches of all processes that something was changed. */
export type Invalidations = {
  /**
   * Call this after the commit. The caches of this process have dropped it when the call returns, those of the others within some
   * hundredths of a second.
   * @param id of what was changed, as the kind's caches know it; without it they drop everything
   */
  invalidate(kind: InvalidationKind, id?: string): void;
  /** Calls `drop` for each change of a kind; without an id when changes may have been missed. */
  on(kind: InvalidationKind, drop: (id: string | undefined) => void): void;
  /** How long to keep what is read now: as long as usual, or for a second while changes of other processes do not arrive. */
  lifetimeMs(usual: number): number;
};

const channel = 'antre:invalidations';
const lifetimeMsAlone = 1000;
/** Changes that wait for Redis. When it is back, listeners drop everything anyway. */
const unsentMax = 1000;
const sendAgainMs = 200;

function createDrops() {
  const drops = new Map<string, ((id: string | undefined) => void)[]>();
  const drop = (kind: string, id: string | undefined): void => {
    for (const one of drops.get(kind) ?? []) one(id);
  };
  return {
    on: (kind: InvalidationKind, one: (id: string | undefined) => void): void => {
      drops.set(kind, [...(drops.get(kind) ?? []), one]);
    },
    drop,
    dropAll: (): void => {
      for (const kind of drops.keys()) drop(kind, undefined);
    },
  };
}

/** For a process that is alone: a command, or a part of the service in a test. */
export function ownInvalidations(): Invalidations {
  const { on, drop } = createDrops();
  return { on, invalidate: drop, lifetimeMs: (usual) => usual };
}

/**
 * Carries invalidations between processes over Redis, and listens on a connection of its own. While Redis is away, values live for a
 * second. A change that this process could not send is sent when Redis is back.
 */
export function shareInvalidations({
  redis,
  log,
}: {
  redis: RedisClient;
  log: Log;
}): Invalidations & { close(): void } {
  const ownName = randomBytes(9).toString('base64url');
  const { on, drop, dropAll } = createDrops();
  const unsent = new Set<string>();
  let isListening = false;
  let isSending = false;
  let isStuck = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  const subscription = subscribeTo(redis, channel, {
    message: (text) => {
      const [sender, kind = '', id] = text.split(' ');
      // A kind of a newer version has no cache here.
      if (sender !== ownName) drop(kind, id);
    },
    ready: () => {
      isListening = true;
      dropAll();
    },
    close: () => {
      if (isListening) dropAll();
      isListening = false;
    },
  });

  const send = async (): Promise<void> => {
    if (isSending) return;
    isSending = true;
    for (const change of unsent) {
      // Taken out first: the same change may be made again while this one is on its way.
      unsent.delete(change);
      try {
        if (redis.status !== 'ready') throw new Error('Redis is away');
        await redis.publish(channel, `${ownName} ${change}`);
        isStuck = false;
      } catch (error) {
        unsent.add(change);
        if (!isStuck) log.warn({ err: error, change }, 'a change was not told to other processes; it is sent again');
        isStuck = true;
        clearTimeout(timer);
        if (!isClosed) timer = setTimeout(() => void send(), sendAgainMs).unref();
        break;
      }
    }
    isSending = false;
  };

  return {
    on,
    invalidate: (kind, id) => {
      drop(kind, id);
      if (unsent.size < unsentMax) unsent.add(id === undefined ? kind : `${kind} ${id}`);
      void send();
    },
    lifetimeMs: (usual) => (isListening ? usual : Math.min(usual, lifetimeMsAlone)),
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      subscription.close();
    },
  };
}
