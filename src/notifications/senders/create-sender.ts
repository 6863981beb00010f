import { type Actor, lockOrganizer, writeAudit } from '../../access/index.ts';
import type { Config } from '../../config.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { requestInvalid } from '../../platform/errors.ts';
import { inputFault } from '../../platform/field-faults.ts';
import { newId } from '../../platform/ids.ts';
import { pluginOf } from '../channels/whatsapp/registry.ts';
import type { SenderConfig } from '../channels/whatsapp/sender-plugin.ts';
import { senderExists, senderLimitReached } from '../errors.ts';
import type { Sender, SenderKind } from '../tables.ts';
import { countSenders, findOwnDisabledSender, replaceDisabledSender, saveSender } from './queries.ts';
import { sealSenderCredentials } from './sender-credentials.ts';

export const sendersPerOrganizerMax = 20;

/** The form of the sender's kind, and the limits that all kinds have. */
export type CreateSenderInput = {
  readonly kind: SenderKind;
  readonly businessAccountId?: string | undefined;
  readonly weight: number;
  readonly messagesPerSecond?: number | undefined;
  readonly dailyCap?: number | null | undefined;
  readonly warmUpFrom?: number | null | undefined;
};

/**
 * Adds a sender for an organiser, or takes its own disabled one into use again with new credentials.
 * @throws DomainError sender.already_exists, sender.limit_reached; request.invalid for limits that do not fit each
 * other, and for an instance that the operator does not have
 */
export async function createSender(
  deps: { db: Db; clock: Clock; config: Pick<Config, 'ENCRYPTION_KEY'> & SenderConfig },
  { actor, input }: { actor: Actor; input: CreateSenderInput },
): Promise<Sender> {
  const plugin = pluginOf(input.kind);
  const { externalId, credentials } = plugin.read(input, deps.config);
  const limits = limitsOf(input);
  return transaction(deps.db, async (tx) => {
    await lockOrganizer(tx, actor.organizerId);
    if ((await countSenders(tx, actor.organizerId)) >= sendersPerOrganizerMax)
      throw senderLimitReached(sendersPerOrganizerMax);
    const { kind, businessAccountId = null, weight } = input;
    const disabled = await findOwnDisabledSender(tx, { organizerId: actor.organizerId, kind, externalId });
    const id = disabled?.id ?? newId('snd', deps.clock.now());
    const row = {
      id,
      organizerId: actor.organizerId,
      kind,
      externalId,
      credentials: sealSenderCredentials(deps.config.ENCRYPTION_KEY, id, credentials),
      businessAccountId,
      weight,
      ...limits,
    };
    const sender = disabled === undefined ? await saveSender(tx, row) : await replaceDisabledSender(tx, row);
    if (sender === undefined) throw senderExists();
    await writeAudit(tx, {
      actor,
      act: 'sender.created',
      subjectId: sender.id,
      changes: { kind, externalId, weight, ...limits },
    });
    return sender;
  });
}

/** The given limits, otherwise those of the kind. Without a cap there is nothing to warm up to. */
function limitsOf(input: CreateSenderInput) {
  const { limits } = pluginOf(input.kind);
  const dailyCap = input.dailyCap === undefined ? limits.dailyCap : input.dailyCap;
  const preset = dailyCap === null || limits.warmUpFrom === null ? null : Math.min(limits.warmUpFrom, dailyCap);
  const warmUpFrom = input.warmUpFrom === undefined ? preset : input.warmUpFrom;
  if (warmUpFrom !== null && dailyCap === null) throw requestInvalid([inputFault('dailyCap', 'field.required')]);
  if (warmUpFrom !== null && dailyCap !== null && warmUpFrom > dailyCap) {
    throw requestInvalid([inputFault('warmUpFrom', 'number.too_large', { limit: dailyCap })]);
  }
  return { messagesPerSecond: input.messagesPerSecond ?? limits.messagesPerSecond, dailyCap, warmUpFrom };
}
