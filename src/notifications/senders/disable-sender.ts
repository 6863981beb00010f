import { type Actor, writeAudit } from '../../access/index.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { senderNotFound } from '../errors.ts';
import { disableOwnSender } from './queries.ts';

/**
 * Takes a number out of use. Its messages stay, and their statuses are still accepted.
 * @throws DomainError sender.not_found
 */
export async function disableSender(
  deps: { db: Db },
  { actor, senderId }: { actor: Actor; senderId: string },
): Promise<void> {
  await transaction(deps.db, async (tx) => {
    if (!(await disableOwnSender(tx, actor.organizerId, senderId))) throw senderNotFound();
    await writeAudit(tx, { actor, act: 'sender.disabled', subjectId: senderId });
  });
}
