import { and, eq, sql } from 'drizzle-orm';
import { type Actor, writeAudit } from '../../access/index.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { requestInvalid } from '../../platform/errors.ts';
import { inputFault } from '../../platform/field-faults.ts';
import { senderNotFound } from '../errors.ts';
import { senders } from '../tables.ts';

export type SenderChange = {
  readonly weight?: number | undefined;
  readonly messagesPerSecond?: number | undefined;
  readonly dailyCap?: number | null | undefined;
  readonly warmUpFrom?: number | null | undefined;
};

/**
 * Changes the limits of a sender in use. A warm-up continues from the day on which it began; without a cap there is none.
 * @throws DomainError sender.not_found; request.invalid for limits that do not fit each other, and for no change
 */
export async function changeSender(
  deps: { db: Db },
  { actor, senderId, change }: { actor: Actor; senderId: string; change: SenderChange },
): Promise<void> {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  const values = Object.fromEntries(given) as { [Name in keyof SenderChange]?: Exclude<SenderChange[Name], undefined> };
  if (Object.keys(values).length === 0) throw requestInvalid([inputFault('', 'field.nothing_to_change')]);
  await transaction(deps.db, async (tx) => {
    const [before] = await tx
      .select()
      .from(senders)
      .where(
        and(eq(senders.id, senderId), eq(senders.organizerId, actor.organizerId), sql`${senders.status} <> 'disabled'`),
      )
      .for('no key update');
    if (before === undefined) throw senderNotFound();
    const after = { ...before, ...(values.dailyCap === null ? { warmUpFrom: null } : {}), ...values };
    const { dailyCap, warmUpFrom } = after;
    if (warmUpFrom !== null && dailyCap === null) throw requestInvalid([inputFault('dailyCap', 'field.required')]);
    if (warmUpFrom !== null && dailyCap !== null && warmUpFrom > dailyCap)
      throw requestInvalid([inputFault('warmUpFrom', 'number.too_large', { limit: dailyCap })]);
    await tx
      .update(senders)
      .set({ ...values, warmUpFrom })
      .where(eq(senders.id, senderId));
    await writeAudit(tx, { actor, act: 'sender.changed', subjectId: senderId, changes: values });
  });
}
