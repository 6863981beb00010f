import { LRUCache } from 'lru-cache';
import type { Db } from '../../platform/database/db.ts';
import { and, eq, ne, sql } from 'drizzle-orm';
import { events } from '../../catalog/tables.ts';

/**
 * The data of an event that placement needs before it calls Postgres, cached for half a minute. That is safe: a slug
 * never changes, and the placement call itself decides how long a hold lasts.
 */
export type EventDirectory = {
  find(slug: string): Promise<EventForOrders | undefined>;
  /** The cached event, without a query. */
  known(slug: string): EventForOrders | undefined;
};

const knownMax = 10_000;
const knownMs = 30_000;
const unknownMs = 1000;

type Entry = { readonly event: EventForOrders | undefined; readonly until: number };

export function createEventDirectory(db: Db): EventDirectory {
  const entries = new LRUCache<string, Entry>({ max: knownMax });
  const asked = new Map<string, Promise<EventForOrders | undefined>>();

  const ask = async (slug: string): Promise<EventForOrders | undefined> => {
    try {
      const event = await findEventForOrders(db, slug);
      entries.set(slug, { event, until: performance.now() + (event === undefined ? unknownMs : knownMs) });
      return event;
    } finally {
      asked.delete(slug);
    }
  };

  return {
    known: (slug) => entries.get(slug)?.event,
    find: async (slug) => {
      const entry = entries.get(slug);
      if (entry !== undefined && entry.until > performance.now()) return entry.event;
      let question = asked.get(slug);
      if (question === undefined) {
        question = ask(slug);
        asked.set(slug, question);
      }
      // A cached event that is too old is read again in the background; nobody waits for it.
      if (entry?.event === undefined) return question;
      question.catch(() => undefined);
      return entry.event;
    },
  };
}

export type EventForOrders = {
  readonly id: string;
  readonly organizerId: string;
  readonly currency: string;
  readonly country: string;
  readonly holdSeconds: number;
  /** Categories whose tickets cost nothing, so that no payment is made for them. */
  readonly freeCategories: readonly string[];
};

/** Does not find drafts, because a refusal must not reveal that one exists. */
async function findEventForOrders(db: Db, slug: string): Promise<EventForOrders | undefined> {
  const [row] = await db
    .select({
      id: events.id,
      organizerId: events.organizerId,
      currency: events.currency,
      country: events.country,
      holdSeconds: events.holdSeconds,
      freeCategories: sql<string[]>`(
        select coalesce(json_agg(c.id), '[]') from ticket_categories c where c.event_id = ${events}.id and c.price = 0)`,
    })
    .from(events)
    .where(and(eq(events.slug, slug), ne(events.status, 'draft')))
    .limit(1);
  return row;
}
