import { type Actor, writeAudit } from '../../access/index.ts';
import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { senderExists, senderLimitReached } from '../errors.ts';
import { sealSenderCredentials } from './sender-credentials.ts';
import { countSenders, findOwnDisabledSender, replaceDisabledSender, saveSender } from './queries.ts';
import type { Sender } from '../tables.ts';

const sendersPerOrganizerMax = 20;

export type CreateSenderInput = {
  readonly actor: Actor;
  readonly phoneNumberId: string;
  readonly accessToken: string;
  readonly appSecret: string;
  readonly verifyToken: string;
  readonly messagesPerSecond: number;
};

/**
 * Adds a WhatsApp number for an organiser, or takes its own disabled one into use again with new credentials.
 * @throws DomainError sender.already_exists, sender.limit_reached
 */
export async function createSender(
  deps: { db: Db; clock: Clock; config: Pick<Config, 'ENCRYPTION_KEY'> },
  input: CreateSenderInput,
): Promise<Sender> {
  const { actor, phoneNumberId, messagesPerSecond } = input;
  const { accessToken, appSecret, verifyToken } = input;
  return transaction(deps.db, async (tx) => {
    if ((await countSenders(tx, actor.organizerId)) >= sendersPerOrganizerMax)
      throw senderLimitReached(sendersPerOrganizerMax);
    const disabled = await findOwnDisabledSender(tx, actor.organizerId, phoneNumberId);
    const id = disabled?.id ?? newId('snd', deps.clock.now());
    const credentials = sealSenderCredentials(deps.config.ENCRYPTION_KEY, id, { accessToken, appSecret, verifyToken });
    const row = { id, organizerId: actor.organizerId, phoneNumberId, credentials, messagesPerSecond };
    const sender = disabled === undefined ? await saveSender(tx, row) : await replaceDisabledSender(tx, row);
    if (sender === undefined) throw senderExists();
    await writeAudit(tx, {
      actor,
      act: 'sender.created',
      subjectId: sender.id,
      changes: { phoneNumberId, messagesPerSecond },
    });
    return sender;
  });
}
