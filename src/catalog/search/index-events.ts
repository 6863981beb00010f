import { and, eq, sql } from 'drizzle-orm';
import { customType, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { type Db, transaction } from '../../platform/database/db.ts';
import { eachInTurn } from '../../platform/jobs/each-in-turn.ts';
import type { Log } from '../../platform/log.ts';
import { eventKindOf, eventKinds, kindKeyOf } from '../kinds.ts';
import { events } from '../tables.ts';
import { filterKeyOf, searchVectorOf } from './terms.ts';

/** Raise it with every change of folding or tokens. `indexEvents` then rebuilds the rows of older versions. */
const searchVersion = 3;

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
      categoryKey: filterKeyOf(kindKeyOf(event.category)),
      searchVersion,
    })
    .where(eq(eventSearch.id, event.id));
}

const isOutdated = sql`search_version < ${searchVersion}`;
const eventsPerRun = 2000;

/**
 * Rebuilds outdated search entries, and adds missing ones of rows that the service did not write. Handles a bounded
 * number of events; the next run continues. They are taken in no order, so that events that fail do not keep the others.
 * @returns the number of entries written
 * @throws the first fault, after the other entries are written
 */
export async function indexEvents({ db, log }: { readonly db: Db; readonly log: Log }): Promise<number> {
  const outdated = await db
    .select({ id: events.id })
    .from(events)
    .where(isOutdated)
    .orderBy(sql`random()`)
    .limit(eventsPerRun);
  let made = 0;
  await eachInTurn(
    outdated,
    async ({ id }) => {
      if (await indexOutdated(db, id)) made += 1;
    },
    (error, { id }) => log.error({ err: error, eventId: id }, 'an event was not added to the search'),
  );
  return made;
}

/** The event is locked, so that its texts do not change meanwhile. Returns whether it was still outdated. */
async function indexOutdated(db: Db, id: string): Promise<boolean> {
  return transaction(db, async (tx) => {
    const [event] = await tx
      .select(searchedTexts)
      .from(events)
      .where(and(eq(events.id, id), isOutdated))
      .for('no key update', { skipLocked: true });
    if (event === undefined) return false;
    await indexEvent(tx, event);
    return true;
  });
}
