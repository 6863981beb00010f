import { type SQL, sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { requireOwnEvent } from '../announcements/show-announcements.ts';
import type { Channel, Template } from '../tables.ts';

type Row = {
  readonly template: Template;
  readonly channel: Channel;
  readonly queued: number;
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
  readonly heldBack: number;
};

/** The states of a message in the words of the desk. */
const statesOf: Readonly<Record<Exclude<keyof Row, 'template' | 'channel'>, SQL>> = {
  queued: sql`d.status in ('queued', 'sending', 'unknown')`,
  sent: sql`d.status in ('accepted', 'sent')`,
  delivered: sql`d.status in ('delivered', 'read')`,
  failed: sql`d.status = 'failed'`,
  heldBack: sql`d.status in ('suppressed', 'capped')`,
};

/**
 * How many messages about the orders of an event are in each state, by template and channel. Found by a range of their
 * subjects, because the ids of an event's orders begin with its key.
 * @throws DomainError event.not_found
 */
export async function summarizeDeliveries(
  db: Db,
  of: { readonly organizerId: string; readonly eventId: string },
): Promise<Row[]> {
  await requireOwnEvent(db, of);
  const counts = sql.join(
    Object.entries(statesOf).map(([name, is]) => sql`count(*) filter (where ${is})::int as ${sql.identifier(name)}`),
    sql`, `,
  );
  const from = `ord_${of.eventId.slice('evt_'.length)}`;
  return rowsOf<Row>(
    db,
    sql`
      select d.template, d.channel, ${counts} from deliveries d
      where d.subject_id >= ${from} and d.subject_id < ${`${from}~`} group by d.template, d.channel order by d.template, d.channel`,
  );
}
