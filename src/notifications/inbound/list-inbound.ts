import { and, desc, eq, lt, sql } from 'drizzle-orm';
import type { Config } from '../../config.ts';
import type { Db } from '../../platform/database/db.ts';
import { inboundMessages } from '../tables.ts';
import { openInbound } from './store-inbound.ts';

/** How long what people have written is kept. */
const inboundKeptDays = 30;
const purgedMax = 5000;

/** Messages to the organiser's own senders, newest first; one more than `limit` when there are more. */
export async function listInbound(
  deps: { db: Db; config: Pick<Config, 'ENCRYPTION_KEY'> },
  { organizerId, before, limit }: { organizerId: string; before: string | undefined; limit: number },
) {
  const rows = await deps.db
    .select()
    .from(inboundMessages)
    .where(
      and(
        eq(inboundMessages.organizerId, organizerId),
        before === undefined ? undefined : lt(inboundMessages.id, before),
        sql`${inboundMessages.receivedAt} > now() - make_interval(days => ${inboundKeptDays})`,
      ),
    )
    .orderBy(desc(inboundMessages.id))
    .limit(limit + 1);
  return rows.map((row) => ({
    id: row.id,
    senderId: row.senderId,
    command: row.command,
    receivedAt: row.receivedAt.toISOString(),
    ...openInbound(deps.config.ENCRYPTION_KEY, row),
  }));
}

/** Removes a bounded number of messages whose time is over. */
export async function purgeInbound(db: Db): Promise<void> {
  await db.execute(sql`
    delete from inbound_messages where id in (
      select id from inbound_messages where received_at <= now() - make_interval(days => ${inboundKeptDays})
      order by received_at limit ${purgedMax} for update skip locked)`);
}
