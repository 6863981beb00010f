import { type SQL, and, sql } from 'drizzle-orm';
import { type Actor, actorAt, atLeast, eventsOf, inRole, worksAt } from '../../access/actor.ts';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { presentDeskOrder } from '../buyer/present.ts';
import { readOrders } from '../buyer/queries.ts';
import { ownEvent } from '../desk/own-event.ts';
import { eventNotFound } from '../../access/errors.ts';
import { type NearMisses, readNearMisses } from './near-misses.ts';
import { type SearchPlan, foldEmail, nameWords, readSearchQuery } from './read-query.ts';

export type SearchInput = {
  readonly q: string;
  /** Undefined: all events of the organiser. */
  readonly eventId?: string | undefined;
  /** The last order of the previous page. */
  readonly before?: string | undefined;
  readonly limit: number;
};

export type SearchAnswer = {
  /**
   * Newest first, one more than `limit` if there is a next page. Similar ones: the most similar first, and no next
   * page.
   */
  readonly orders: readonly ReturnType<typeof presentDeskOrder>[];
  readonly match: 'exact' | 'similar';
};

/** Words that share this part of their trigrams count as one mistyped word: Lestri finds Lestari. */
const similarityMin = 0.45;
const similarMax = 20;
const similarLengthMin = 4;

/**
 * Finds the organiser's orders by the beginning of a name (the buyer's, or one on a ticket), an email, a phone, an
 * order code or a ticket code. If nothing matches, it finds orders whose code or phone differs by one typing mistake, else those with
 * similar names or emails. The role door searches
 * names and codes only; by an address it could find out whether somebody has an order. Orders of the last half minute are
 * found only by their codes. A member who manages some events searches those, or one event that is named.
 * @throws DomainError event.not_found
 */
export async function searchOrders(deps: { readonly db: Db }, by: Actor, input: SearchInput): Promise<SearchAnswer> {
  const actor = input.eventId === undefined ? inRole(by, 'manager') : actorAt(by, input.eventId);
  if (input.eventId !== undefined) {
    if (!worksAt(actor, input.eventId)) throw eventNotFound();
    await ownEvent(deps.db, actor, input.eventId);
  }
  const scope = {
    organizerId: actor.organizerId,
    eventIds: input.eventId === undefined ? eventsOf(actor) : [input.eventId],
    seesContact: atLeast(actor, 'manager'),
  };
  const ids = await findOrderIds(deps.db, scope, readSearchQuery(input.q), input);
  if (ids.length > 0 || input.before !== undefined) {
    return { orders: await showOrders(deps.db, ids, scope), match: 'exact' };
  }
  const near = await findNearIds(deps.db, scope, readNearMisses(input.q));
  const similar = near.length > 0 ? near : await findSimilarIds(deps.db, scope, input.q);
  return { orders: await showOrders(deps.db, similar, scope), match: 'similar' };
}

type Scope = {
  readonly organizerId: string;
  /** Undefined: all events. */
  readonly eventIds: readonly string[] | undefined;
  readonly seesContact: boolean;
};

async function findOrderIds(
  db: Db,
  scope: Scope,
  plan: SearchPlan,
  { before, limit }: Pick<SearchInput, 'before' | 'limit'>,
): Promise<string[]> {
  const branches = branchesOf(scope, plan);
  if (branches.length === 0) return [];
  // Within an event, ids rise with time. Across events, the time comes after the event's key.
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`
      select f.id from (${sql.join(branches, sql` union `)}) f
      ${before === undefined ? sql`` : sql`where right(f.id, 20) < right(${before}, 20)`}
      order by right(f.id, 20) desc limit ${limit + 1}`,
  );
  return rows.map(({ id }) => id);
}

function branchesOf(scope: Scope, { code, ticket, words, email, digits }: SearchPlan): SQL[] {
  const ofEvent = (column: SQL) => isOneOf(scope, column);
  const branches: SQL[] = [];
  if (code !== undefined) {
    branches.push(sql`
      select o.id from orders o
      where right(o.id, 10) between ${code.padEnd(10, '0')} and ${code.padEnd(10, 'Z')}
        and o.organizer_id = ${scope.organizerId} ${ofEvent(sql`o.event_id`)}`);
  }
  if (ticket !== undefined) {
    branches.push(sql`
      select o.id from tickets t join orders o on o.event_id = t.event_id and o.id = t.order_id
      where t.code between decode(${ticket.padEnd(32, '0')}, 'hex') and decode(${ticket.padEnd(32, 'f')}, 'hex')
        and o.organizer_id = ${scope.organizerId} ${ofEvent(sql`t.event_id`)}`);
  }
  const texts = [
    ...(words === undefined ? [] : [and(...words.map((word) => sql`s.name like ${`% ${word}%`}`))]),
    ...(email === undefined || !scope.seesContact ? [] : [sql`s.contact like ${`% ${escaped(email)}%`}`]),
    ...(digits === undefined || !scope.seesContact ? [] : [sql`s.contact like ${`%${digits}%`}`]),
  ];
  for (const text of texts) {
    branches.push(sql`
      select s.order_id as id from order_searches s
      where s.organizer_id = ${scope.organizerId} ${ofEvent(sql`s.event_id`)} and ${text}`);
  }
  return branches;
}

function isOneOf({ eventIds }: Scope, column: SQL): SQL {
  return eventIds === undefined ? sql`` : sql`and ${column} = any (${arrayText(eventIds)}::text[])`;
}

/** Escapes the characters that have a meaning in a pattern. */
function escaped(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}

/**
 * Each neighbour is looked up by itself, in the one way that an index offers: a list might be compared with all rows instead. A phone
 * number hides its event, which an index has, too: Postgres could read all orders of the event for each number.
 */
async function findNearIds(db: Db, scope: Scope, { codes, tickets, phones }: NearMisses): Promise<string[]> {
  const list = (texts: readonly string[]) => sql`unnest(${arrayText(texts)}::text[]) as n(text)`;
  const branches = [
    ...(codes.length === 0
      ? []
      : [
          sql`
      select f.id from ${list(codes)} cross join lateral (
        select o.id from orders o where right(o.id, 10) = n.text and o.organizer_id = ${scope.organizerId}
          ${isOneOf(scope, sql`o.event_id`)} limit ${similarMax}) f`,
        ]),
    ...(tickets.length === 0
      ? []
      : [
          sql`
      select f.id from ${list(tickets)} cross join lateral (
        select o.id from tickets t join orders o on o.event_id = t.event_id and o.id = t.order_id
        where t.code = decode(n.text, 'hex') and o.organizer_id = ${scope.organizerId} ${isOneOf(scope, sql`t.event_id`)} limit 1) f`,
        ]),
    ...(phones.length === 0 || !scope.seesContact
      ? []
      : [
          sql`
      select f.id from ${list(phones)} cross join lateral (
        select s.order_id as id from order_searches s
        where s.organizer_id = ${scope.organizerId} and substring(s.contact from '[0-9]*$') = n.text
          ${isOneOf(scope, sql`s.event_id || ''`)} limit ${similarMax}) f`,
        ]),
  ];
  if (branches.length === 0) return [];
  const rows = await rowsOf<{ id: string }>(
    db,
    sql`select f.id from (${sql.join(branches, sql` union `)}) f order by right(f.id, 20) desc limit ${similarMax}`,
  );
  return rows.map(({ id }) => id);
}

async function findSimilarIds(db: Db, scope: Scope, q: string): Promise<string[]> {
  const isEmail = q.includes('@');
  if (isEmail && !scope.seesContact) return [];
  const sought = isEmail ? foldEmail(q) : nameWords(q).join(' ');
  if (sought.length < similarLengthMin) return [];
  const column = isEmail ? sql`s.contact` : sql`s.name`;
  return transaction(db, async (tx) => {
    await tx.execute(sql`select set_config('pg_trgm.word_similarity_threshold', ${String(similarityMin)}, true)`);
    const rows = await rowsOf<{ id: string }>(
      tx,
      sql`
        select s.order_id as id from order_searches s
        where s.organizer_id = ${scope.organizerId} and ${sought} <% ${column}
          ${isOneOf(scope, sql`s.event_id`)}
        order by word_similarity(${sought}, ${column}) desc, right(s.order_id, 20) desc limit ${similarMax}`,
    );
    return rows.map(({ id }) => id);
  });
}

/** The orders of these ids, in their order. */
async function showOrders(
  db: Db,
  ids: readonly string[],
  { seesContact }: Scope,
): Promise<ReturnType<typeof presentDeskOrder>[]> {
  if (ids.length === 0) return [];
  const found = await readOrders(db, ids);
  return ids.flatMap((id) => {
    const facts = found.get(id);
    return facts === undefined ? [] : [presentDeskOrder(facts, { showContact: seesContact })];
  });
}
