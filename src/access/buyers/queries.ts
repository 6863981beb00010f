import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { stageAll } from '../../platform/jobs/outbox.ts';
import { verificationRequested } from '../jobs.ts';
import { verificationMinutes, verificationTriesMax } from '../limits.ts';
import { type VerificationChannel, buyerVerifications, organizers } from '../tables.ts';

/** A code that somebody asked for. */
export type NewVerification = {
  readonly id: string;
  readonly channel: VerificationChannel;
  readonly accountKey: string;
  readonly targetSealed: string;
  readonly locale: 'id' | 'en';
  readonly organizerId: string | null;
  readonly eventId: string | null;
};

/**
 * Writes these down and stages their messages, in one transaction. Safe to repeat: what is there already is left as it is,
 * and its message is not staged again.
 */
export async function insertVerifications(db: Db, items: readonly NewVerification[]): Promise<void> {
  await transaction(db, async (tx) => {
    const added = await rowsOf<{ id: string }>(
      tx,
      sql`
        with asked as (
          select * from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as a (id text, channel text, "accountKey" text,
            "targetSealed" text, locale text, "organizerId" text, "eventId" text)
        ), added as (
          insert into buyer_verifications
            (id, channel, account_key, target_sealed, locale, organizer_id, event_id, expires_at)
          select id, channel, "accountKey", "targetSealed", locale, "organizerId", "eventId",
            now() + make_interval(mins => ${verificationMinutes})
          from asked
          on conflict (id) do nothing
          returning id
        )
        select id from added`,
    );
    await stageAll(
      tx,
      verificationRequested,
      added.map(({ id }) => ({ verificationId: id })),
    );
  });
}

/** One try to confirm; whether the code is right is known beforehand, since the code follows from the id. */
export type ConfirmationTry = { readonly id: string; readonly isRight: boolean };

/**
 * Counts wrong codes and confirms right ones, in one statement, while tries are left and the time is not over; gives the
 * accounts that are confirmed. Safe to repeat: a right code is right again, a wrong one may be counted twice. No two may
 * have the same id. The count stands in Postgres, so that it holds over all processes.
 */
export async function tryConfirmations(db: Db, tries: readonly ConfirmationTry[]): Promise<Map<string, string>> {
  const rows = await rowsOf<{ id: string; account_key: string }>(
    db,
    sql`
      with tried as (
        select * from jsonb_to_recordset(${JSON.stringify(tries)}::jsonb) as t (id text, "isRight" boolean)
      ), counted as (
        update buyer_verifications v set
          tries = v.tries + case when t."isRight" then 0 else 1 end,
          confirmed_at = case when t."isRight" then coalesce(v.confirmed_at, now()) else v.confirmed_at end
        from tried t
        where v.id = t.id and v.tries < ${verificationTriesMax} and v.expires_at > now()
        returning v.id, v.account_key, t."isRight"
      )
      select id, account_key from counted where "isRight"`,
  );
  return new Map(rows.map((row) => [row.id, row.account_key]));
}

/** A verification whose message is still worth sending, with the organizer it is for. */
export async function findOpenVerification(db: Db, id: string) {
  const [row] = await db
    .select({ verification: buyerVerifications, organizerName: organizers.name })
    .from(buyerVerifications)
    .leftJoin(organizers, eq(organizers.id, buyerVerifications.organizerId))
    .where(
      and(
        eq(buyerVerifications.id, id),
        gt(buyerVerifications.expiresAt, sql`now()`),
        lt(buyerVerifications.tries, verificationTriesMax),
        isNull(buyerVerifications.confirmedAt),
      ),
    );
  return row;
}

/** Removes a bounded number of verifications that have ended, and with them the addresses; how many. */
export async function deleteEndedVerifications(db: Db, limit: number): Promise<number> {
  const removed = await rowsOf<{ id: string }>(
    db,
    sql`
      delete from buyer_verifications where id in (
        select id from buyer_verifications where expires_at < now() order by expires_at limit ${limit} for update skip locked
      ) returning id`,
  );
  return removed.length;
}
