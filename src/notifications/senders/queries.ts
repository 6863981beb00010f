import { and, asc, eq, isNull, or, sql } from 'drizzle-orm';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { type Sender, senders } from '../tables.ts';

/** Numbers that may send for an organiser now: its own and the platform's. A number that has cooled is active again. */
export async function listUsableSenders(db: Db, organizerId: string): Promise<Sender[]> {
  return db
    .select()
    .from(senders)
    .where(
      and(
        or(eq(senders.organizerId, organizerId), isNull(senders.organizerId)),
        or(eq(senders.status, 'active'), and(eq(senders.status, 'cooling'), sql`${senders.coolingUntil} <= now()`)),
      ),
    )
    .orderBy(asc(senders.id));
}

/** By our id or by the provider's number id, which is what its callbacks can be made to carry. */
export async function findSenderForCallback(db: Db, senderId: string): Promise<Sender | undefined> {
  const [row] = await db
    .select()
    .from(senders)
    .where(or(eq(senders.id, senderId), eq(senders.phoneNumberId, senderId)))
    .limit(1);
  return row;
}

export async function findSenders(db: Db, organizerId: string): Promise<Sender[]> {
  return db
    .select()
    .from(senders)
    .where(eq(senders.organizerId, organizerId))
    .orderBy(asc(senders.id))
    .limit(sendersListedMax);
}

const sendersListedMax = 200;

export async function countSenders(db: Db, organizerId: string): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    db,
    sql`select count(*)::int as count from senders where organizer_id = ${organizerId} and status <> 'disabled'`,
  );
  return row?.count ?? 0;
}

/** Adds a number, or takes the organiser's own disabled one into use again; undefined when somebody else has it. */
export async function saveSender(
  db: Db,
  sender: { id: string; organizerId: string; phoneNumberId: string; credentials: string; messagesPerSecond: number },
): Promise<Sender | undefined> {
  const [row] = await db
    .insert(senders)
    .values({ ...sender, kind: 'whatsapp_cloud' })
    .onConflictDoNothing({ target: senders.phoneNumberId })
    .returning();
  return row;
}

export async function replaceDisabledSender(
  db: Db,
  sender: { id: string; organizerId: string; credentials: string; messagesPerSecond: number },
): Promise<Sender | undefined> {
  const [row] = await db
    .update(senders)
    .set({
      credentials: sender.credentials,
      messagesPerSecond: sender.messagesPerSecond,
      status: 'active',
      coolingUntil: null,
      lastFailure: null,
    })
    .where(and(eq(senders.id, sender.id), eq(senders.organizerId, sender.organizerId), eq(senders.status, 'disabled')))
    .returning();
  return row;
}

export async function findOwnDisabledSender(
  db: Db,
  organizerId: string,
  phoneNumberId: string,
): Promise<Sender | undefined> {
  const [row] = await db
    .select()
    .from(senders)
    .where(
      and(
        eq(senders.organizerId, organizerId),
        eq(senders.phoneNumberId, phoneNumberId),
        eq(senders.status, 'disabled'),
      ),
    )
    .limit(1);
  return row;
}

/** False when the organiser has no such number in use. */
export async function disableOwnSender(db: Db, organizerId: string, senderId: string): Promise<boolean> {
  const rows = await db
    .update(senders)
    .set({ status: 'disabled', coolingUntil: null })
    .where(and(eq(senders.id, senderId), eq(senders.organizerId, organizerId), sql`${senders.status} <> 'disabled'`))
    .returning({ id: senders.id });
  return rows.length > 0;
}

/** The provider does not let this number send any more. */
export async function disableSender(db: Db, senderId: string, failure: string): Promise<void> {
  await db.update(senders).set({ status: 'disabled', lastFailure: failure }).where(eq(senders.id, senderId));
}

export async function coolSender(
  db: Db,
  { senderId, minutes, failure }: { senderId: string; minutes: number; failure: string },
): Promise<void> {
  await db
    .update(senders)
    .set({ status: 'cooling', coolingUntil: sql`now() + make_interval(mins => ${minutes})`, lastFailure: failure })
    .where(and(eq(senders.id, senderId), sql`${senders.status} <> 'disabled'`));
}
