import { hmacSha256 } from '../../../platform/crypto.ts';
import type { WhatsappChannel } from '../../channel.ts';
import type { UsableSender } from '../../senders/queries.ts';
import { pluginOf } from './registry.ts';

export type OutgoingMessage = Parameters<WhatsappChannel['send']>[0];

/** A template that Meta has not approved is never sent. */
export function maySend(sender: UsableSender, { message }: OutgoingMessage): boolean {
  if (!pluginOf(sender.kind).hasTemplates) return true;
  const known = sender.templates.find(({ name, language }) => name === message.template && language === message.locale);
  if (known === undefined) return true;
  const filled = message.bodyParameters.length;
  return known.status === 'APPROVED' && (known.parameters ?? filled) === filled;
}

/**
 * The organiser's own senders first, then the platform's. Among them, the one that wrote to this recipient last, then
 * by weighted rendezvous hashing: each sender gets recipients in proportion to its weight, and removing one moves only
 * its own recipients.
 */
export function inOrder(
  senders: readonly UsableSender[],
  { recipientKey, lastSenderId }: Pick<OutgoingMessage, 'recipientKey' | 'lastSenderId'>,
): UsableSender[] {
  return senders
    .map((sender) => ({
      sender,
      isPlatforms: Number(sender.organizerId === null),
      score: sender.id === lastSenderId ? Number.POSITIVE_INFINITY : scoreOf(sender, recipientKey),
    }))
    .toSorted((first, second) => first.isPlatforms - second.isPlatforms || (first.score < second.score ? 1 : -1))
    .map(({ sender }) => sender);
}

/** The sender with the highest score wins, in proportion to the weights over all recipients. */
function scoreOf({ id, weight }: UsableSender, recipientKey: string): number {
  const draw = (hmacSha256(recipientKey, id).readUIntBE(0, 6) + 1) / (2 ** 48 + 1);
  return -weight / Math.log(draw);
}
