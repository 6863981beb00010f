import { and, asc, eq } from 'drizzle-orm';
import type { Actor } from '../../../access/actor.ts';
import { writeAudit } from '../../../access/audit/audit.ts';
import type { SomeAuditChanges } from '../../../access/index.ts';
import { type Db, transaction } from '../../../platform/database/db.ts';
import { events } from '../../../catalog/tables.ts';
import { ownEvent } from '../../desk/own-event.ts';
import { ticketCodesNotSigned, ticketKeysUsedUp } from '../../errors.ts';
import { type TicketKeyRow, ticketKeys } from '../../tables.ts';
import { newTicketKey } from './ticket-keys.ts';

type Deps = { readonly db: Db; readonly encryptionKey: string };

export type TicketCodes = { readonly codes: 'opaque' | 'signed'; readonly keys: readonly TicketKeyRow[] };

/** The number of a key is one byte of each code. */
const keysMax = 256;

/** How an event writes its codes, and its keys, oldest first. */
export async function findTicketCodes(db: Db, eventId: string): Promise<TicketCodes> {
  const keys = await db.select().from(ticketKeys).where(eq(ticketKeys.eventId, eventId)).orderBy(asc(ticketKeys.keyId));
  return { codes: keys.some(({ status }) => status === 'signing') ? 'signed' : 'opaque', keys };
}

/**
 * Sets whether an event's codes are signed. Earlier codes stay valid: the door always accepts opaque codes, and signed
 * ones of every key that was not withdrawn.
 * @throws DomainError event.not_found, ticket_codes.keys_used_up
 */
export async function changeTicketCodes(
  deps: Deps,
  actor: Actor,
  input: { readonly eventId: string; readonly codes: 'opaque' | 'signed' },
): Promise<TicketCodes> {
  return changeKeys(deps, actor, input.eventId, async (tx, before) => {
    if (before.codes === input.codes) return undefined;
    if (input.codes === 'signed') await addKey(tx, deps.encryptionKey, input.eventId, before);
    else await stopSigning(tx, input.eventId);
    return { act: 'ticket_codes.changed', changes: { codes: { from: before.codes, to: input.codes } } };
  });
}

/**
 * Signs with a new key from now on. Codes of the earlier keys stay valid, unless those keys are withdrawn because
 * somebody else may have them. Then tickets that were sent before are valid only by their short code, and have to be
 * sent again.
 * @throws DomainError event.not_found, ticket_codes.not_signed, ticket_codes.keys_used_up
 */
export async function rotateTicketKey(
  deps: Deps,
  actor: Actor,
  input: { readonly eventId: string; readonly withdrawEarlier: boolean },
): Promise<TicketCodes> {
  return changeKeys(deps, actor, input.eventId, async (tx, before) => {
    if (before.codes !== 'signed') throw ticketCodesNotSigned();
    if (input.withdrawEarlier) {
      await tx.update(ticketKeys).set({ status: 'withdrawn' }).where(eq(ticketKeys.eventId, input.eventId));
    } else await stopSigning(tx, input.eventId);
    const keyId = await addKey(tx, deps.encryptionKey, input.eventId, before);
    return { act: 'ticket_key.rotated', changes: { keyId, withdrawEarlier: input.withdrawEarlier } };
  });
}

type Done = { readonly act: string; readonly changes: SomeAuditChanges } | undefined;

/** Changes the keys of an event under a lock on the event, and writes an audit entry if something changed. */
async function changeKeys(
  deps: Deps,
  actor: Actor,
  eventId: string,
  change: (tx: Db, before: TicketCodes) => Promise<Done>,
): Promise<TicketCodes> {
  await ownEvent(deps.db, actor, eventId);
  return transaction(deps.db, async (tx) => {
    await tx.select({ id: events.id }).from(events).where(eq(events.id, eventId)).for('no key update');
    const done = await change(tx, await findTicketCodes(tx, eventId));
    if (done !== undefined) await writeAudit(tx, { actor, subjectId: eventId, ...done });
    return findTicketCodes(tx, eventId);
  });
}

async function stopSigning(tx: Db, eventId: string): Promise<void> {
  await tx
    .update(ticketKeys)
    .set({ status: 'accepted' })
    .where(and(eq(ticketKeys.eventId, eventId), eq(ticketKeys.status, 'signing')));
}

async function addKey(tx: Db, encryptionKey: string, eventId: string, { keys }: TicketCodes): Promise<number> {
  const keyId = (keys.at(-1)?.keyId ?? -1) + 1;
  if (keyId >= keysMax) throw ticketKeysUsedUp(keysMax);
  await tx
    .insert(ticketKeys)
    .values({ eventId, keyId, status: 'signing', ...newTicketKey(encryptionKey, eventId, keyId) });
  return keyId;
}
