import { eq } from 'drizzle-orm';
import { organizers } from '../../access/tables.ts';
import { organizerProfiles } from '../../catalog/tables.ts';
import type { Db } from '../../platform/database/db.ts';
import { greetingName } from '../../platform/text/person-name.ts';
import { phoneDigits } from '../../platform/text/phone-number.ts';
import type { Composed } from '../channel.ts';
import { findStaffEmail } from '../deliveries/subject-queries.ts';
import { senders } from '../tables.ts';
import { messageTestMail } from '../templates/message-test.ts';
import { testPhoneOf } from './test-phone.ts';
import type { Claim } from '../deliveries/queries.ts';

/** Opens nothing: it is no code that a buyer gets, and no verification belongs to it. */
const testCode = '000000';

/** The content of a test; undefined if the member, the sender or the phone is gone. */
export async function composeTest(
  { db }: { readonly db: Db },
  { channel, subject_id: subjectId }: Pick<Claim, 'channel' | 'subject_id'>,
): Promise<Composed | undefined> {
  if (channel === 'email') {
    const member = await findStaffEmail(db, subjectId);
    if (member === undefined) return undefined;
    const name = greetingName(member.name);
    return { channel, to: { name: name ?? '', address: member.email }, mail: messageTestMail({ ...member, name }) };
  }
  const [sender] = await db
    .select({ phone: organizerProfiles.contactPhone })
    .from(senders)
    .innerJoin(organizers, eq(organizers.id, senders.organizerId))
    .innerJoin(organizerProfiles, eq(organizerProfiles.organizerId, organizers.id))
    .where(eq(senders.id, subjectId));
  const phone = testPhoneOf(sender?.phone ?? null);
  if (phone === undefined) return undefined;
  return {
    channel,
    to: phoneDigits(phone),
    // The template that every number needs, so that a test of Meta's takes no approval of its own.
    message: { template: 'buyer_code', locale: 'id', bodyParameters: [testCode], buttonSuffix: testCode },
    onlySenderId: subjectId,
  };
}
