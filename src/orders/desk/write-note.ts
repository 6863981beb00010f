import { and, count, eq } from 'drizzle-orm';
import type { Actor } from '../../access/actor.ts';
import { invariant } from '../../platform/assert.ts';
import { type Db, transaction } from '../../platform/database/db.ts';
import { newId } from '../../platform/ids.ts';
import { noteLimitReached } from '../errors.ts';
import { lockOwnOrder } from '../lifecycle/queries.ts';
import { orderNotes } from '../tables.ts';

export const notesMax = 100;
export const noteLengthMax = 2000;

export type WrittenNote = { readonly id: string; readonly text: string; readonly createdAt: string };

/**
 * Writes a note on an order. Notes are for the desk only, and nobody can change or delete one.
 * @throws DomainError order.not_found, order.note_limit_reached
 */
export async function writeNote(
  deps: { readonly db: Db },
  { actor, orderId, text }: { actor: Actor; orderId: string; text: string },
): Promise<WrittenNote> {
  return transaction(deps.db, async (tx) => {
    const { eventId } = await lockOwnOrder(tx, actor, orderId);
    const ofOrder = and(eq(orderNotes.orderId, orderId), eq(orderNotes.eventId, eventId));
    const [written] = await tx.select({ notes: count() }).from(orderNotes).where(ofOrder);
    if ((written?.notes ?? 0) >= notesMax) throw noteLimitReached(notesMax);
    const authorKind = actor.kind === 'api_key' ? 'api_key' : 'staff';
    const note = { eventId, id: newId('not'), orderId, authorKind, authorId: actor.id, text } as const;
    const [row] = await tx.insert(orderNotes).values(note).returning();
    invariant(row !== undefined, 'a note was not written');
    return { id: row.id, text: row.text, createdAt: row.createdAt.toISOString() };
  });
}
