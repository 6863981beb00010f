import { sql } from 'drizzle-orm';
import type { Config } from '../../../config.ts';
import { constantTimeEqual, hmacSha256Text } from '../../../platform/crypto.ts';
import { type Db, rowsOf } from '../../../platform/database/db.ts';
import { newsLinkNotFound } from '../../errors.ts';

/**
 * The link that ends an organiser's news to the recipient of this delivery. Its signature differs from that of the mail
 * token, which everybody who carries the mail can read in its envelope.
 */
export function unsubscribeUrl(config: Pick<Config, 'PUBLIC_URL' | 'HASH_SECRET'>, deliveryId: string): string {
  return `${config.PUBLIC_URL}/v1/unsubscriptions/${deliveryId}.${markOf(config.HASH_SECRET, deliveryId)}`;
}

/**
 * The name of the organiser that the link is about. Changes nothing.
 * @throws DomainError news.link_not_found for links that we did not make
 */
export async function organizerOfLink(
  deps: { db: Db; config: Pick<Config, 'HASH_SECRET'> },
  token: string,
): Promise<string> {
  const [row] = await rowsOf<{ name: string }>(
    deps.db,
    sql`
      select o.name from deliveries d join organizers o on o.id = d.organizer_id
      where d.id = ${deliveryOf(deps.config.HASH_SECRET, token)} and d.channel = 'email'`,
  );
  if (row === undefined) throw newsLinkNotFound();
  return row.name;
}

/**
 * Ends the news of the organiser to the address. A later consent of the buyer counts again.
 * @throws DomainError news.link_not_found for links that we did not make
 */
export async function unsubscribe(deps: { db: Db; config: Pick<Config, 'HASH_SECRET'> }, token: string): Promise<void> {
  const rows = await rowsOf<{ channel: string }>(
    deps.db,
    sql`
      insert into news_stops (organizer_id, channel, recipient_key, is_stopped, said_at)
      select organizer_id, channel, recipient_key, true, now() from deliveries
      where id = ${deliveryOf(deps.config.HASH_SECRET, token)} and channel = 'email' and organizer_id is not null
      on conflict (organizer_id, channel, recipient_key) do update set is_stopped = true, said_at = excluded.said_at
      returning channel`,
  );
  if (rows.length === 0) throw newsLinkNotFound();
}

function deliveryOf(secret: string, token: string): string {
  const [, deliveryId = '', mark = ''] = /^(dlv_[0-9A-HJKMNP-TV-Z]{20})\.([\w-]{22})$/.exec(token) ?? [];
  if (!constantTimeEqual(mark, markOf(secret, deliveryId))) throw newsLinkNotFound();
  return deliveryId;
}

function markOf(secret: string, deliveryId: string): string {
  return hmacSha256Text(secret, `unsubscribe.v1\0${deliveryId}`).slice(0, 22);
}
