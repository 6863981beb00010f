import { and, asc, eq, getTableColumns, isNull, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { type Sender, type SenderKind, senders } from '../tables.ts';
import { capToday, takenToday, today } from './take-turns.ts';

/** A sender in use, with the last known state of its templates at Meta. */
export type UsableSender = Sender & {
  /** Whether any of today's cap was left a moment ago. */
  readonly hasTurns: boolean;
  readonly templates: readonly {
    readonly name: string;
    readonly language: string;
    readonly status: string;
    readonly parameters: number | null;
  }[];
};

/** Senders that may send for an organiser now: its own and the platform's. One that has cooled is active again. */
export async function listUsableSenders(db: Db, organizerId: string): Promise<UsableSender[]> {
  const s = alias(senders, 's');
  return db
    .select({
      ...getTableColumns(s),
      hasTurns: sql<boolean>`s.daily_cap is null or ${takenToday} < ${capToday}`,
      templates: sql<UsableSender['templates']>`(
        select coalesce(json_agg(json_build_object('name', t.name, 'language', t.language, 'status', t.status,
          'parameters', t.parameters)), '[]')
        from sender_templates t where t.sender_id = s.id)`,
    })
    .from(s)
    .where(
      and(
        or(eq(s.organizerId, organizerId), isNull(s.organizerId)),
        or(eq(s.status, 'active'), and(eq(s.status, 'cooling'), sql`${s.coolingUntil} <= now()`)),
      ),
    )
    .orderBy(asc(s.id));
}

/** By our id, or by the provider's, which callbacks of the Cloud API can carry. */
export async function findSenderForCallback(
  db: Db,
  { kind, senderId }: { kind: SenderKind; senderId: string },
): Promise<Sender | undefined> {
  const [row] = await db
    .select()
    .from(senders)
    .where(and(eq(senders.kind, kind), or(eq(senders.id, senderId), eq(senders.externalId, senderId))))
    .limit(1);
  return row;
}

export type SenderFigures = {
  readonly sender: Sender;
  readonly capToday: number | null;
  readonly taken: number;
  /** Deliveries that left today, by their status. */
  readonly today: Readonly<Record<string, number>>;
  readonly isCircuitOpen: boolean;
};

/** The organiser's senders, oldest first, with today's counts of each. */
export async function findSenders(db: Db, organizerId: string, senderId?: string): Promise<SenderFigures[]> {
  const s = alias(senders, 's');
  return db
    .select({
      sender: getTableColumns(s),
      capToday: sql<number | null>`(${capToday})`,
      taken: sql<number>`${takenToday}`,
      today: sql<Record<string, number>>`(
        select coalesce(json_object_agg(status, n), '{}') from (
          select d.status, count(*) as n from deliveries d
          where d.sender_id = s.id and d.sending_at >= ${today} at time zone 'UTC' group by 1) c)`,
      isCircuitOpen: sql<boolean>`coalesce(s.circuit_open_until > now(), false)`,
    })
    .from(s)
    .where(and(eq(s.organizerId, organizerId), senderId === undefined ? undefined : eq(s.id, senderId)))
    .orderBy(asc(s.id))
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

/** Everything that a sender's owner sets. */
export type SenderValues = Pick<
  Sender,
  | 'id'
  | 'kind'
  | 'externalId'
  | 'credentials'
  | 'businessAccountId'
  | 'weight'
  | 'messagesPerSecond'
  | 'dailyCap'
  | 'warmUpFrom'
> & { readonly organizerId: string };

/** Adds a sender; undefined if somebody has it. */
export async function saveSender(db: Db, sender: SenderValues): Promise<Sender | undefined> {
  const [row] = await db
    .insert(senders)
    .values(sender)
    .onConflictDoNothing({ target: [senders.kind, senders.externalId] })
    .returning();
  return row;
}

/** Takes a disabled sender into use again. It warms up again, because WhatsApp treats a number that rested as new. */
export async function replaceDisabledSender(
  db: Db,
  { id, organizerId, ...values }: SenderValues,
): Promise<Sender | undefined> {
  const [row] = await db
    .update(senders)
    .set({
      ...values,
      status: 'active',
      coolingUntil: null,
      circuitOpenUntil: null,
      lastFailure: null,
      warmUpStartedOn: sql`${today}`,
    })
    .where(and(eq(senders.id, id), eq(senders.organizerId, organizerId), eq(senders.status, 'disabled')))
    .returning();
  return row;
}

export async function findOwnDisabledSender(
  db: Db,
  { organizerId, kind, externalId }: { organizerId: string; kind: SenderKind; externalId: string },
): Promise<Sender | undefined> {
  const [row] = await db
    .select()
    .from(senders)
    .where(
      and(
        eq(senders.organizerId, organizerId),
        eq(senders.kind, kind),
        eq(senders.externalId, externalId),
        eq(senders.status, 'disabled'),
      ),
    )
    .limit(1);
  return row;
}

/** False if the organiser has no such number in use. */
export async function disableOwnSender(db: Db, organizerId: string, senderId: string): Promise<boolean> {
  const rows = await db
    .update(senders)
    .set({ status: 'disabled', coolingUntil: null })
    .where(and(eq(senders.id, senderId), eq(senders.organizerId, organizerId), sql`${senders.status} <> 'disabled'`))
    .returning({ id: senders.id });
  return rows.length > 0;
}

/** The provider no longer lets this number send. */
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

/** The provider reports that the sender works again: ends a cooling that began with its session. */
export async function warmSender(db: Db, senderId: string): Promise<void> {
  await db
    .update(senders)
    .set({ status: 'active', coolingUntil: null })
    .where(and(eq(senders.id, senderId), eq(senders.status, 'cooling')));
}

/** Recorded so that the organiser can see it; each process has a circuit of its own. */
export async function noteCircuit(
  db: Db,
  { senderId, openMs }: { senderId: string; openMs: number | undefined },
): Promise<void> {
  await db
    .update(senders)
    .set({
      circuitOpenUntil: openMs === undefined ? null : sql`now() + make_interval(secs => ${openMs / 1000})`,
    })
    .where(eq(senders.id, senderId));
}
