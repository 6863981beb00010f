import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { buyerKey } from '../../access/buyers/buyer-key.ts';
import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import { decrypt, encrypt, sha256Hex } from '../../platform/crypto.ts';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { cleanBlock } from '../../platform/text/one-line-text.ts';
import type { Inbound } from '../channels/whatsapp/sender-plugin.ts';
import { inboundReceived, newsWords } from '../metrics.ts';
import type { Sender } from '../tables.ts';

/**
 * Messages of one phone to one sender that are kept within an hour. STOP and START count even when other messages are
 * not kept. Reports of one sender do not count for another: an organiser has its senders' keys, and could use up the
 * allowance of any phone.
 */
const perPhoneAndHourMax = 30;
export const wordsPerPhoneAndHourMax = 100;

const sealedSchema = z.strictObject({ phone: z.string(), text: z.string() });
const contextOf = (id: string) => `inbound:${id}`;

/**
 * Keeps a message for the sender's organiser, and obeys STOP and START. A repetition changes nothing. A message to the
 * platform's own sender is kept for nobody: its text is not stored, and its word counts for all organisers.
 */
export async function storeInbound(
  deps: { db: Db; clock: Clock; config: Pick<Config, 'ENCRYPTION_KEY' | 'HASH_SECRET'> },
  sender: Pick<Sender, 'id' | 'organizerId'>,
  message: Inbound,
): Promise<void> {
  const phone = `+${message.from}`;
  const recipientKey = buyerKey(deps.config.HASH_SECRET, 'phone', phone);
  const text = shownText(message.text);
  const command = commandOf(text);
  const id = newId('inb', deps.clock.now());
  const kept = sender.organizerId === null ? { phone: '', text: '' } : { phone, text };
  const sealed = encrypt(deps.config.ENCRYPTION_KEY, JSON.stringify(kept), contextOf(id));
  const isNew = await transaction(deps.db, async (tx) => {
    // Messages of one phone that arrive together are counted one after another.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`inbound:${sender.id}:${recipientKey}`}, 0))`);
    const rows = await rowsOf<{ id: string }>(
      tx,
      sql`
        insert into inbound_messages (id, organizer_id, sender_id, provider_message_id, recipient_key, sealed, command)
        select ${id}, ${sender.organizerId}, ${sender.id}, ${message.messageId ?? idOfContent(recipientKey, message, deps.clock.now())}, ${recipientKey}, ${sealed}, ${command}
        where (
          select count(*) from inbound_messages i
          where i.recipient_key = ${recipientKey} and i.sender_id = ${sender.id} and i.received_at > now() - interval '1 hour') < ${command === null ? perPhoneAndHourMax : wordsPerPhoneAndHourMax}::integer
        on conflict (sender_id, provider_message_id) do nothing returning id`,
    );
    if (rows.length > 0 && command !== null)
      await takeWord(tx, { sender, recipientKey, command, sentAt: message.sentAt });
    return rows.length > 0;
  });
  inboundReceived.inc({ result: isNew ? 'kept' : 'passed_over' });
  if (isNew && command !== null) newsWords.inc({ word: command });
}

/** Tells a message without an id from another one. Two with one text and without a time are one within a minute. */
function idOfContent(recipientKey: string, { text, sentAt }: Inbound, now: Date): string {
  const time = sentAt ?? `minute ${Math.floor(now.getTime() / 60_000)}`;
  return `content:${sha256Hex(`${recipientKey} ${time} ${text}`)}`;
}

/** The text as the desk shows it: without marks and control characters that hide or reverse a part of it. */
const shownText = (text: string): string => cleanBlock(text.replaceAll(/[^\P{Cc}\n\r\t]|\p{Cs}/gu, ' '));

/** The last second that is no nonsense: in the year 9999. Postgres has no time far beyond. */
const sentAtMax = 253_402_300_799;

/**
 * The latest word counts, by the time at which it was sent, which is never later than now. A word with an impossible time
 * counts as sent now.
 */
async function takeWord(
  db: Db,
  {
    sender,
    recipientKey,
    command,
    sentAt,
  }: {
    sender: Pick<Sender, 'organizerId'>;
    recipientKey: string;
    command: 'stop' | 'start';
    sentAt: number | undefined;
  },
): Promise<void> {
  // Providers report whole seconds. Of two words within one second, STOP counts.
  const isTime = sentAt !== undefined && sentAt >= 0 && sentAt <= sentAtMax;
  const sent = isTime ? sql`least(to_timestamp(${sentAt}), now())` : sql`now()`;
  const saidAt = sql`date_trunc('second', ${sent})`;
  await db.execute(sql`
    insert into news_stops as n (organizer_id, channel, recipient_key, is_stopped, said_at)
    values (${sender.organizerId ?? ''}, 'whatsapp', ${recipientKey}, ${command === 'stop'}, ${saidAt})
    on conflict (organizer_id, channel, recipient_key) do update
      set is_stopped = excluded.is_stopped, said_at = excluded.said_at
      where excluded.said_at > n.said_at or (excluded.said_at = n.said_at and excluded.is_stopped)`);
}

/**
 * The text of a kept message.
 * @throws if the row was not encrypted with this key under this id
 */
export function openInbound(
  encryptionKey: string,
  { id, sealed }: { readonly id: string; readonly sealed: string },
): z.output<typeof sealedSchema> {
  return sealedSchema.parse(JSON.parse(decrypt(encryptionKey, sealed, contextOf(id))));
}

/** A word by which people turn news off or on. A word in a sentence, such as "please stop the music", is no command. */
export function commandOf(text: string): 'stop' | 'start' | null {
  const word = text
    .replaceAll(/[^\p{L}]+/gu, ' ')
    .trim()
    .toUpperCase();
  if (stopWords.has(word)) return 'stop';
  return startWords.has(word) ? 'start' : null;
}

const stopWords = new Set(['STOP', 'BERHENTI']);
const startWords = new Set(['START', 'MULAI']);
