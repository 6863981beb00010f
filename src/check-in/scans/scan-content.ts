import { hash } from 'node:crypto';
import type { Actor } from '../../access/actor.ts';
import { gateKey } from '../gates/key.ts';
import type { Direction } from '../tables.ts';
import type { ScanToDecide } from './queries.ts';
import type { TicketKeys } from '../../orders/index.ts';
import { readTicketCode } from '../../orders/tickets/codes/ticket-code.ts';

/** One scan as a scanner sends it. */
export type ScanInput = {
  readonly code: string;
  readonly scanId: string;
  readonly deviceId?: string | undefined;
  readonly gate?: string | undefined;
  readonly direction?: Direction | undefined;
};

/** Half of a SHA-256: enough to tell apart the few contents that one scan id is ever used for. */
const contentDigits = 32;

/**
 * A scan as it goes to the database, whether it happens now or happened offline. A signed code whose signature is wrong, or whose key was
 * withdrawn, counts as no code.
 */
export async function scanOf(
  ticketKeys: TicketKeys,
  actor: Actor,
  input: ScanInput & { readonly eventId: string },
): Promise<Omit<ScanToDecide, 'offline'>> {
  const read = readTicketCode(input.code);
  const code = read === undefined ? undefined : await ticketKeys.verified(input.eventId, read);
  const codeHex = code === undefined ? undefined : Buffer.from(code).toString('hex');
  const direction = input.direction ?? 'entry';
  const key = input.gate === undefined ? '' : gateKey(input.gate);
  // Text that cannot be read as a code is compared as it was sent.
  const content = hash('sha256', JSON.stringify([codeHex ?? `text ${input.code}`, direction, key]), 'hex');
  return {
    actorId: actor.id,
    // One login may be used on several phones; then only `deviceId` tells them apart.
    deviceId: input.deviceId ?? (actor.kind === 'device' ? actor.id : ''),
    scanId: input.scanId,
    content: content.slice(0, contentDigits),
    organizerId: actor.organizerId,
    code: codeHex,
    gate: key === '' ? undefined : input.gate,
    gateKey: key === '' ? undefined : key,
    direction,
  };
}
