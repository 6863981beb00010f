import type postgres from 'postgres';

/**
 * Where each table goes when the database is distributed by event, as Citus does it (docs/decisions/0014). A table that is not
 * listed here is distributed by its column `event_id`.
 */

/** Copied to every node, so that hot statements can join it and distributed tables can refer to it. Rarely written. */
const referenceTables: Readonly<Record<string, string>> = {
  organizers: 'events and accounts refer to it',
  pictures: 'events refer to it',
  events: 'orders, lists by day and the slug need it everywhere; it is written by organizers alone',
  senders: 'a message of any event may take a turn of it',
  suppressions: 'addresses, whatever the event',
  payment_accounts: 'one of each organizer and gateway, read for each attempt',
  webhook_endpoints: 'whether an order has a webhook is asked where the order is',
  message_texts: 'one of each organizer, template and language',
  sender_templates: 'templates of a sender',
};

/** Stays on the first node: written by people or by the clock, not by a rush. */
const localTables: Readonly<Record<string, string>> = {
  dead_letters: 'jobs of all events, looked at by operators',
  switches: 'of all events, and some for none',
  switch_turns: 'as switches',
  organizer_profiles: 'of an organizer',
  staff: 'of an organizer; an address signs in once',
  staff_tokens: 'of a member of staff',
  sessions: 'of a member of staff',
  api_keys: 'of an organizer; found by its hash',
  devices: 'found by the hash of its token, before the event is known',
  audit_log: 'of an organizer, over all events',
  buyer_verifications: 'an address is confirmed for all events',
  tasks: 'read by an organizer over all events; one for each trouble',
  message_shares: 'what an address was sent, whatever the event',
  event_notices: 'one for each change of an event; found by its id and by the clock',
  announcements: 'one for each announcement; found by its id and by the clock',
  sender_days: 'turns of a sender',
  gateway_statuses: 'come before it is known whose they are',
  inbound_messages: 'come without an event',
  news_stops: 'of an organizer or the platform',
  webhooks: 'read by an organizer over all events, in one order',
  webhook_deliveries: 'as webhooks: an endpoint gets them in order',
  report_schedules: 'of an organizer',
  reports: 'of an organizer; one is made at a time',
};

/**
 * Written by a rush and not ready yet: these must change before the move. Until then they stay on the first node, and a
 * transaction that writes one of them and an event's rows commits on two nodes.
 */
const notReadyTables: Readonly<Record<string, string>> = {
  outbox: 'its event_id is generated, which Citus does not distribute by; its key is a number of the whole database',
  callbacks: 'a callback is told apart by its gateway and organizer, before its attempt and so its event is believed',
  callback_payloads: 'as callbacks',
  deliveries: 'some have no event (codes), and providers name a delivery by its id alone',
};

/**
 * Statements that do not name the event, by the SQL function or the hot query that they are part of, and why. A distributed
 * database asks every node for them.
 */
export const overAllEvents: {
  readonly functions: Readonly<Record<string, string>>;
  readonly hotQueries: Readonly<Record<string, string>>;
} = {
  functions: {
    'expire_holds: orders': 'walks from one event with holds to the next, to find those whose holds are over',
  },
  hotQueries: {
    'events with holds that are over': 'as expire_holds, which it is part of',
    'minutes of sales': 'once a minute, over all events that sold in it',
    'paid orders without a message': 'a sweep by the clock, over the orders of two minutes, of whatever event',
    'orders that close too long': 'a sweep by the clock: what a process left behind, of whatever event',
    'attempts that are due': 'a sweep by the clock',
    'refunds that are due': 'a sweep by the clock',
  },
};

export type Table = {
  readonly name: string;
  /** Null where the table has no column `event_id`. */
  readonly event: { readonly notNull: boolean; readonly isGenerated: boolean } | null;
  readonly uniques: readonly { readonly name: string; readonly columns: readonly string[] }[];
  readonly references: readonly { readonly name: string; readonly to: string; readonly pairs: readonly string[] }[];
};

/** The tables of the database as its catalogue describes them. Partitions are left out: they follow their parent. */
export async function tablesOf(sql: postgres.Sql): Promise<readonly Table[]> {
  return sql<Table[]>`
    select c.relname as name,
           (select json_build_object('notNull', a.attnotnull, 'isGenerated', a.attgenerated <> '')
              from pg_attribute a where a.attrelid = c.oid and a.attname = 'event_id' and not a.attisdropped) as event,
           coalesce((select json_agg(json_build_object('name', x.relname, 'columns', (
                select json_agg(coalesce(a.attname, '(expression)') order by k.place)
                from unnest(i.indkey::int2[]) with ordinality as k(number, place)
                left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number and k.number > 0)) order by x.relname)
              from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid and i.indisunique), '[]') as uniques,
           coalesce((select json_agg(json_build_object('name', f.conname, 'to', f.confrelid::regclass::text, 'pairs', (
                select json_agg(own.attname || '=' || other.attname)
                from unnest(f.conkey, f.confkey) as k(own, other)
                join pg_attribute own on own.attrelid = f.conrelid and own.attnum = k.own
                join pg_attribute other on other.attrelid = f.confrelid and other.attnum = k.other)) order by f.conname)
              from pg_constraint f where f.conrelid = c.oid and f.contype = 'f' and f.conparentid = 0), '[]') as references
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by 1`;
}

/** Tables whose rows go to the node of their event. */
export function distributedTables(tables: readonly Table[]): string[] {
  return tables
    .map(({ name }) => name)
    .filter((name) => !(name in { ...referenceTables, ...localTables, ...notReadyTables }));
}

/** Why a table cannot have the place that it has above. */
export function distributionFaults(tables: readonly Table[]): string[] {
  const isAway = ({ name }: Pick<Table, 'name'>) => name in localTables || name in notReadyTables;
  const listed = Object.keys({ ...referenceTables, ...localTables, ...notReadyTables });
  return [
    ...listed.filter((name) => !tables.some((table) => table.name === name)).map((name) => `${name}: is no table`),
    ...tables.flatMap((table) => {
      if (isAway(table)) return [];
      if (table.name in referenceTables) return referenceFaults(table);
      return [...keyFaults(table), ...foreignKeyFaults(table)].map((fault) => `${table.name}: ${fault}`);
    }),
  ];
}

/** A reference table may refer to others of its kind alone. */
function referenceFaults({ name, references }: Table): string[] {
  return references
    .filter(({ to }) => !(to in referenceTables))
    .map((key) => `${name}: ${key.name} refers to ${key.to}, which is not on every node`);
}

function keyFaults({ event, uniques }: Table): string[] {
  if (event === null) return ['has no event_id'];
  return [
    ...(event.notNull ? [] : ['event_id may be null']),
    ...(event.isGenerated ? ['event_id is generated'] : []),
    ...(uniques.length === 0 ? ['has no key'] : []),
    ...uniques
      .filter(({ columns }) => !columns.includes('event_id'))
      .map(({ name, columns }) => `${name} (${columns.join(', ')}) is unique without event_id`),
  ];
}

/** A distributed table may refer to rows of its own event, which are on its node, and to reference tables. */
function foreignKeyFaults({ references }: Table): string[] {
  return references
    .filter(({ to, pairs }) => !(to in referenceTables) && !pairs.includes('event_id=event_id'))
    .map(({ name, to }) => `${name} refers to ${to} without event_id`)
    .concat(
      references
        .filter(({ to }) => to in localTables || to in notReadyTables)
        .map(({ name, to }) => `${name} refers to ${to}, which is on one node`),
    );
}
