import { hash } from 'node:crypto';
import type { Actor } from '../../access/actor.ts';
import { gateKey } from '../gates/key.ts';
import type { Direction } from '../tables.ts';
import type { ScanToDecide } from './queries.ts';
import type { TicketKeys } from '../../orders/index.ts';
import { readTicketCode } from '../../orders/tickets/codes/ticket-code.ts';

/** One scan as a scanner sends it. */
export type ScanInput = {
  /** Either `code` or `ticketId`. */
  readonly code?: string | undefined;
  readonly ticketId?: string | undefined;
  readonly scanId: string;
  readonly deviceId?: string | undefined;
  readonly gate?: string | undefined;
  readonly direction?: Direction | undefined;
};

/** Half of a SHA-256 is enough: it only tells apart the few contents that one scan id is used for. */
const contentDigits = 32;

/** Prepares an online or offline scan for the database. A signed code with a wrong signature or a withdrawn key counts as malformed. */
export async function scanOf(
  ticketKeys: TicketKeys,
  actor: Actor,
  input: ScanInput & { readonly eventId: string },
): Promise<Omit<ScanToDecide, 'offline'>> {
  const code =
    input.ticketId === undefined
      ? await readCode(ticketKeys, input)
      : await ticketKeys.codeOf(input.eventId, input.ticketId);
  const codeHex = code === undefined ? undefined : Buffer.from(code).toString('hex');
  const direction = input.direction ?? 'entry';
  const key = input.gate === undefined ? '' : gateKey(input.gate);
  // Text that is not a code is hashed as it was sent.
  const content = hash(
    'sha256',
    JSON.stringify([codeHex ?? `text ${input.code ?? input.ticketId}`, direction, key]),
    'hex',
  );
  return {
    actorId: actor.id,
    // Several phones may share one login. Only `deviceId` tells them apart.
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

async function readCode(
  ticketKeys: TicketKeys,
  { eventId, code = '' }: { readonly eventId: string; readonly code?: string | undefined },
): Promise<Uint8Array | undefined> {
  const read = readTicketCode(code);
  return read === undefined ? undefined : ticketKeys.verified(eventId, read);
}
