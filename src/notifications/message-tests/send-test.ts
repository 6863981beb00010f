import { and, eq, sql } from 'drizzle-orm';
import type { StaffActor } from '../../access/actor.ts';
import { buyerKey, writeAudit } from '../../access/index.ts';
import { organizerProfiles } from '../../catalog/tables.ts';
import type { Config } from '../../config.ts';
import { invariant } from '../../platform/assert.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { queueDeliveries } from '../deliveries/queue-queries.ts';
import { findStaffEmail } from '../deliveries/subject-queries.ts';
import { messageTestLimited, messageTestNoPhone, senderNotFound } from '../errors.ts';
import { sendable } from '../metrics.ts';
import { testPhoneOf } from './test-phone.ts';
import { type Channel, senders } from '../tables.ts';
import type { MessageTestInput } from './schemas.ts';

export type SendTestDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Pick<Config, 'HASH_SECRET'>;
};

/** A second test within this time is treated as the first one. */
const testOnceSeconds = 10;

/**
 * Queues one message: a mail to the member who asks, whose address an invitation or a sign-up has proven; or a WhatsApp
 * message by one sender to the phone in the organiser's profile. Nobody else's phone rings.
 * @returns the id of the delivery, by which its outcome can be read
 * @throws DomainError sender.not_found, message_test.no_phone, message_test.limited
 */
export async function sendTest(deps: SendTestDeps, actor: StaffActor, input: MessageTestInput): Promise<string> {
  const keyOf = (kind: 'email' | 'phone', address: string) => buyerKey(deps.config.HASH_SECRET, kind, address);
  return transaction(deps.db, async (tx) => {
    const { channel } = input;
    if (channel === 'whatsapp') {
      const key = keyOf('phone', await findTestPhone(tx, actor.organizerId, input.senderId));
      return queueTest(tx, deps.clock, { actor, subjectId: input.senderId, channel, key });
    }
    const member = await findStaffEmail(tx, actor.id);
    invariant(member !== undefined, 'a member who is signed in has an address');
    return queueTest(tx, deps.clock, { actor, subjectId: actor.id, channel, key: keyOf('email', member.email) });
  });
}

/** In E.164. */
async function findTestPhone(tx: Db, organizerId: string, senderId: string): Promise<string> {
  const [sender] = await tx
    .select({ phone: organizerProfiles.contactPhone })
    .from(senders)
    .leftJoin(organizerProfiles, eq(organizerProfiles.organizerId, senders.organizerId))
    .where(and(eq(senders.id, senderId), eq(senders.organizerId, organizerId), sql`${senders.status} <> 'disabled'`));
  if (sender === undefined) throw senderNotFound();
  const phone = testPhoneOf(sender.phone);
  if (phone === undefined) throw messageTestNoPhone();
  return phone;
}

async function queueTest(
  tx: Db,
  clock: Clock,
  { actor, subjectId, channel, key }: { actor: StaffActor; subjectId: string; channel: Channel; key: string },
): Promise<string> {
  const queued = await queueDeliveries(
    tx,
    'message_test',
    sql`
      select ${newId('dlv', clock.now())}::text as id, ${actor.organizerId}::text as organizer_id, null::text as event_id,
        ${subjectId}::text as subject_id, 'message_test'::text as template, ${channel}::text as channel, ${key}::text as recipient_key,
        floor(extract(epoch from now()) / ${testOnceSeconds})::integer as version, 'tests'::text as share`,
  );
  const [testId] = sendable(queued);
  // A refused test leaves nothing, because the transaction is rolled back.
  if (testId === undefined) throw messageTestLimited(queued.length === 0 ? testOnceSeconds : 3600);
  await writeAudit(tx, { actor, act: 'message.tested', subjectId, changes: { channel } });
  return testId;
}
