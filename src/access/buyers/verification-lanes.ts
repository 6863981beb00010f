import { type Db, rowsOf, transaction } from '../../platform/database/db.ts';
import { type GroupCommit, createGroupCommit } from '../../platform/database/group-commit.ts';
import {
  verificationAnswerMs,
  verificationBatchMax,
  verificationQueueMax,
  verificationWaitMs,
  verificationMinutes,
  verificationTriesMax,
} from '../limits.ts';
import { sql } from 'drizzle-orm';
import { stageAll } from '../../platform/jobs/outbox.ts';
import { verificationRequested } from '../jobs.ts';
import type { VerificationChannel } from '../tables.ts';

/**
 * Requests for codes and tries of codes, each collected and written in batches. Each lane has one flush at a time and a
 * short queue, so a rush on one of them delays or refuses only its own callers.
 */
export type VerificationLanes = {
  readonly requests: GroupCommit<NewVerification, void>;
  /** The account that the code confirmed, or undefined. */
  readonly confirmations: GroupCommit<ConfirmationTry, string | undefined>;
};

export function createVerificationLanes(deps: { db: Db }): VerificationLanes {
  const bounds = {
    batchMax: verificationBatchMax,
    queueMax: verificationQueueMax,
    deadlineMs: verificationWaitMs,
    answerMs: verificationAnswerMs,
    flushesMax: 1,
  };
  return {
    requests: createGroupCommit<NewVerification, void>({
      ...bounds,
      name: 'buyer_verifications',
      flush: async (_lane, items) => {
        await insertVerifications(deps.db, items);
        return items.map(() => undefined);
      },
    }),
    confirmations: createGroupCommit<ConfirmationTry, string | undefined>({
      ...bounds,
      name: 'buyer_confirmations',
      flush: async (_lane, tries) => {
        const accounts = await tryConfirmations(deps.db, tries);
        return tries.map(({ id }) => accounts.get(id));
      },
      keysOf: ({ id }) => [id],
    }),
  };
}

/** A requested code. */
type NewVerification = {
  readonly id: string;
  readonly channel: VerificationChannel;
  readonly accountKey: string;
  readonly targetSealed: string;
  readonly locale: 'id' | 'en';
  readonly organizerId: string | null;
  readonly eventId: string | null;
};

/**
 * Inserts the verifications and stages their messages, in one transaction. Safe to repeat: an existing one is not changed, and its
 * message is not staged again.
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

/** One try to confirm. The caller knows whether the code is right, because the code is derived from the id. */
type ConfirmationTry = { readonly id: string; readonly isRight: boolean };

/**
 * Counts wrong codes and confirms right ones, in one statement, while tries and time are left. Returns the confirmed
 * accounts by verification. Safe to repeat: a right code is right again, a wrong one may count twice. Ids must be
 * distinct. The count is in Postgres, so it holds over all processes.
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
