import { sql } from 'drizzle-orm';
import type { Config } from '../../config.ts';
import { constantTimeEqual } from '../../platform/crypto.ts';
import type { Db } from '../../platform/database/db.ts';
import { callbackRefused } from '../errors.ts';
import { readMailReport } from './read-mail-report.ts';

/**
 * Checks that the mail server presents its token.
 * @throws DomainError notification.callback_refused without the token, and if none is configured
 */
export function requireMailToken(
  { MAIL_CALLBACK_TOKEN: expected }: Pick<Config, 'MAIL_CALLBACK_TOKEN'>,
  token: string | undefined,
): void {
  if (expected === undefined || token === undefined || !constantTimeEqual(token, expected)) throw callbackRefused();
}

/**
 * Receives a mail at the bounce address. A mailbox that does not exist, or a complaint, fails the delivery and
 * suppresses its recipient in one statement; everything else changes nothing. A report counts once: a repetition finds
 * the delivery failed, even after the organiser lifted the suppression.
 */
export async function receiveMail(
  { db, config }: { readonly db: Db; readonly config: Pick<Config, 'HASH_SECRET'> },
  bytes: Uint8Array,
): Promise<void> {
  const report = await readMailReport(config.HASH_SECRET, bytes);
  if (report === undefined) return;
  await db.execute(sql`
    with failed as (
      update deliveries set status = 'failed', failure = ${report.failure}, next_check_at = null
      where id = ${report.deliveryId} and channel = 'email' and status in ('queued', 'sending', 'unknown', 'accepted')
      returning recipient_key
    )
    insert into suppressions (channel, recipient_key, reason)
    select 'email', recipient_key, ${report.reason} from failed
    on conflict (channel, recipient_key) do update set reason = excluded.reason, until = null, created_at = now()`);
}
