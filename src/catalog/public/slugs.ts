import type { Redis } from 'ioredis';
import type { Db } from '../../platform/database/db.ts';
import { eq } from 'drizzle-orm';
import { events } from '../tables.ts';

/** Finds the event of a slug: in process, in Redis, then in Postgres. A slug never changes, so nothing here turns old. */
export type Slugs = {
  eventIdOf(slug: string): Promise<string | undefined>;
  /** After the event was not found: a database that was made anew may stand beside an older Redis. */
  forget(slug: string): void;
};

const knownMax = 20_000;
const sharedSeconds = 86_400;

export function createSlugs({ db, redis }: { db: Db; redis: Redis }): Slugs {
  const known = new Map<string, string>();
  const remember = (slug: string, eventId: string) => {
    const oldest = known.size >= knownMax ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    known.set(slug, eventId);
  };
  return {
    eventIdOf: async (slug) => {
      const own = known.get(slug);
      if (own !== undefined) return own;
      const shared = await readShared(redis, slug);
      const eventId = shared ?? (await findEventIdBySlug(db, slug));
      if (eventId === undefined) return undefined;
      remember(slug, eventId);
      if (shared === undefined) void writeShared(redis, slug, eventId);
      return eventId;
    },
    forget: (slug) => {
      known.delete(slug);
      void deleteShared(redis, slug);
    },
  };
}

const keyOf = (slug: string) => `event-of-slug:${slug}`;

async function readShared(redis: Redis, slug: string): Promise<string | undefined> {
  if (redis.status !== 'ready') return undefined;
  try {
    return (await redis.get(keyOf(slug))) ?? undefined;
  } catch {
    // Redis saves a query and no more: Postgres knows.
    return undefined;
  }
}

async function writeShared(redis: Redis, slug: string, eventId: string): Promise<void> {
  try {
    await redis.set(keyOf(slug), eventId, 'EX', sharedSeconds);
  } catch {
    // Another process asks Postgres once more.
  }
}

async function deleteShared(redis: Redis, slug: string): Promise<void> {
  try {
    await redis.del(keyOf(slug));
  } catch {
    // It ends by itself.
  }
}

/** Every event has a slug, and a slug never changes. Index: events_slug_key. */
async function findEventIdBySlug(db: Db, slug: string): Promise<string | undefined> {
  const [row] = await db.select({ id: events.id }).from(events).where(eq(events.slug, slug)).limit(1);
  return row?.id;
}
