import { askRedis } from '../../platform/redis.ts';
import type { RedisClient } from '../../platform/redis-client.ts';
import { LRUCache } from 'lru-cache';
import type { Db } from '../../platform/database/db.ts';
import { eq } from 'drizzle-orm';
import { events } from '../tables.ts';

/** Finds the event of a slug: in this process, in Redis, then in Postgres. A slug never changes, so these caches cannot be outdated. */
export type Slugs = {
  eventIdOf(slug: string): Promise<string | undefined>;
  /** Forgets a slug whose event was not found. The database may have been recreated while Redis kept old entries. */
  forget(slug: string): void;
};

const knownMax = 20_000;
const sharedSeconds = 86_400;

export function createSlugs({ db, redis }: { db: Db; redis: RedisClient }): Slugs {
  const known = new LRUCache<string, string>({ max: knownMax });
  /** The look-ups that began in this turn of the loop: a page asks for six documents of its event at once. */
  const begun = new Map<string, Promise<string | undefined>>();

  const lookUp = async (slug: string): Promise<string | undefined> => {
    const shared = await readShared(redis, slug);
    const eventId = shared ?? (await findEventIdBySlug(db, slug));
    if (eventId === undefined) return undefined;
    known.set(slug, eventId);
    if (shared === undefined) void writeShared(redis, slug, eventId);
    return eventId;
  };

  return {
    eventIdOf: async (slug) => {
      const own = known.get(slug);
      if (own !== undefined) return own;
      const joined = begun.get(slug);
      if (joined !== undefined) return joined;
      const started = lookUp(slug);
      begun.set(slug, started);
      // A later caller may know of a change that this look-up has not seen.
      setImmediate(() => begun.delete(slug));
      return started;
    },
    forget: (slug) => {
      known.delete(slug);
      void deleteShared(redis, slug);
    },
  };
}

const keyOf = (slug: string) => `event-of-slug:${slug}`;

/** Redis only saves a query: Postgres answers instead. */
async function readShared(redis: RedisClient, slug: string): Promise<string | undefined> {
  return (await askRedis(redis, () => redis.get(keyOf(slug)))) ?? undefined;
}

async function writeShared(redis: RedisClient, slug: string, eventId: string): Promise<void> {
  try {
    await redis.set(keyOf(slug), eventId, 'EX', sharedSeconds);
  } catch {
    // Another process asks Postgres once more.
  }
}

async function deleteShared(redis: RedisClient, slug: string): Promise<void> {
  try {
    await redis.del(keyOf(slug));
  } catch {
    // The entry expires by itself.
  }
}

/** Every event has a slug, and a slug never changes. Index: events_slug_key. */
async function findEventIdBySlug(db: Db, slug: string): Promise<string | undefined> {
  const [row] = await db.select({ id: events.id }).from(events).where(eq(events.slug, slug)).limit(1);
  return row?.id;
}
