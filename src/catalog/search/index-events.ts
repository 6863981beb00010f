import { asc, eq, sql } from 'drizzle-orm';
import { customType, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { type Db, transaction } from '../../platform/database/db.ts';
import { eventKindOf, eventKinds } from '../kinds.ts';
import { events } from '../tables.ts';
import { filterKeyOf, searchVectorOf } from './terms.ts';

/** Raise it with every change of folding or tokens. `indexEvents` then rebuilds the rows of older versions. */
const searchVersion = 2;

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

/**
 * The search columns of an event. They are in a table of their own, because only the listing reads them and they are as
 * long as the texts.
 */
const eventSearch = pgTable('events', {
  id: text('id').primaryKey(),
  search: tsvector('search').notNull(),
  cityKey: text('city_key').notNull(),
  categoryKey: text('category_key').notNull(),
  searchVersion: integer('search_version').notNull(),
});

/** The texts of an event that the search reads. */
export const searchedTexts = {
  id: events.id,
  name: events.name,
  summary: events.summary,
  nameEn: events.nameEn,
  summaryEn: events.summaryEn,
  category: events.category,
  city: events.city,
  venue: events.venue,
};

type SearchedTexts = Omit<Pick<typeof events.$inferSelect, keyof typeof searchedTexts>, 'nameEn' | 'summaryEn'> & {
  readonly nameEn?: string | null | undefined;
  readonly summaryEn?: string | null | undefined;
};

function kindNamesOf({ category }: SearchedTexts): string[] {
  const kind = eventKindOf(category);
  return kind === undefined ? [] : Object.values(eventKinds[kind]);
}

/** Writes the search entry of an event. Call it in the transaction that writes the event's texts. */
export async function indexEvent(tx: Db, event: SearchedTexts): Promise<void> {
  await tx
    .update(eventSearch)
    .set({
      search: searchVectorOf([
        event.name,
        event.summary,
        event.nameEn ?? '',
        event.summaryEn ?? '',
        event.category,
        ...kindNamesOf(event),
        event.city,
        event.venue,
      ]),
      cityKey: filterKeyOf(event.city),
      categoryKey: filterKeyOf(event.category),
      searchVersion,
    })
    .where(eq(eventSearch.id, event.id));
}

/**
 * Events with a missing or outdated search entry, locked so that their texts do not change meanwhile. Index:
 * events_search_version.
 */
async function lockEventsToIndex(tx: Db, max: number): Promise<SearchedTexts[]> {
  return tx
    .select(searchedTexts)
    .from(events)
    .where(sql`search_version < ${searchVersion}`)
    .orderBy(asc(events.id))
    .limit(max)
    .for('no key update', { skipLocked: true });
}

const batchMax = 100;
const batchesMax = 50;

/**
 * Rebuilds outdated search entries, and adds missing ones of rows that the service did not write. Handles a bounded
 * number of events; the next run continues.
 * @returns the number of entries written
 */
export async function indexEvents(deps: { readonly db: Db }): Promise<number> {
  let made = 0;
  for (let batch = 0; batch < batchesMax; batch += 1) {
    const count = await transaction(deps.db, async (tx) => {
      const events = await lockEventsToIndex(tx, batchMax);
      for (const event of events) await indexEvent(tx, event);
      return events.length;
    });
    made += count;
    if (count < batchMax) break;
  }
  return made;
}
