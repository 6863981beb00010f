import type { Config } from '../../config.ts';
import type { Db } from '../../platform/database/db.ts';
import { decrypt } from '../../platform/crypto.ts';
import { phoneDigits } from '../../platform/text/phone-number.ts';
import { buyerCode } from './buyer-code.ts';
import { verificationContext } from './request-verification.ts';
import { type VerificationChannel, buyerVerifications, organizers } from '../tables.ts';
import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { codeMinutesLeftMin, verificationTriesMax } from '../limits.ts';

export type VerificationMessage = {
  readonly channel: VerificationChannel;
  /** An email as it was given, or a phone's digits with the country's. */
  readonly to: string;
  readonly code: string;
  readonly locale: 'id' | 'en';
  /** Undefined when the code is for no event in particular. */
  readonly organizerName: string | undefined;
  /** Undefined when the code is for no event in particular. */
  readonly eventId: string | undefined;
  readonly expiresAt: Date;
};

/**
 * The data of the message with this code; undefined if the verification is confirmed, used up or unknown, or has expired or
 * soon will.
 */
export async function verificationMessage(
  deps: { db: Db; config: Pick<Config, 'HASH_SECRET' | 'ENCRYPTION_KEY'> },
  verificationId: string,
): Promise<VerificationMessage | undefined> {
  const found = await findOpenVerification(deps.db, verificationId);
  if (found === undefined) return undefined;
  const { verification, organizerName } = found;
  const target = decrypt(deps.config.ENCRYPTION_KEY, verification.targetSealed, verificationContext(verification.id));
  return {
    channel: verification.channel,
    to: verification.channel === 'whatsapp' ? phoneDigits(target) : target,
    code: buyerCode(deps.config.HASH_SECRET, verification.id),
    locale: verification.locale,
    organizerName: organizerName ?? undefined,
    eventId: verification.eventId ?? undefined,
    expiresAt: verification.expiresAt,
  };
}

/** A verification whose message is still worth sending, with the organizer it is for. */
async function findOpenVerification(db: Db, id: string) {
  const [row] = await db
    .select({ verification: buyerVerifications, organizerName: organizers.name })
    .from(buyerVerifications)
    .leftJoin(organizers, eq(organizers.id, buyerVerifications.organizerId))
    .where(
      and(
        eq(buyerVerifications.id, id),
        gt(buyerVerifications.expiresAt, sql`now() + make_interval(mins => ${codeMinutesLeftMin})`),
        lt(buyerVerifications.tries, verificationTriesMax),
        isNull(buyerVerifications.confirmedAt),
      ),
    );
  return row;
}
