import { invariant } from '../../platform/assert.ts';
import type { Clock } from '../../platform/clock.ts';
import { type ChangeDeps, type EventOfActor, changeLockedEvent, findMissing } from './change-locked-event.ts';
import { type MissingForPublication, eventNotPublishable } from '../errors.ts';
import { showOrganizerEvent } from './show-event.ts';
import { lateForPublication } from './publication.ts';
import type { EventRow } from '../queries.ts';
import { listTicketCategories } from '../public/queries.ts';
import { and, eq, sql } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';
import { events } from '../tables.ts';

/**
 * Shows a draft to the public; a published event stays as it is.
 * @throws DomainError event.not_publishable, with all that is missing; event.not_found, event.cancelled
 */
export async function publishEvent(deps: ChangeDeps & { readonly clock: Clock }, of: EventOfActor): Promise<EventRow> {
  return changeLockedEvent(deps, of, async (tx, before) => {
    if (before.status === 'published') return { event: before, result: before };
    const categories = await listTicketCategories(tx, before.id);
    const missing = [
      ...(await findMissing(deps, tx, before, categories)),
      ...lateForPublication(before, categories, deps.clock.now()),
    ];
    if (missing.length > 0) throw eventNotPublishable(missing);
    const event = await publishNow(tx, before);
    return { event, result: event, act: 'event.published', subjectId: event.id, changes: {} };
  });
}

/**
 * The requirements that a draft lacks now; empty for an event that may be published or is public.
 * @throws DomainError event.not_found
 */
export async function showReadiness(
  deps: ChangeDeps & { readonly clock: Clock },
  of: EventOfActor,
): Promise<readonly MissingForPublication[]> {
  const event = await showOrganizerEvent(deps, of);
  if (event.status !== 'draft') return [];
  const categories = await listTicketCategories(deps.db, event.id);
  return [
    ...(await findMissing(deps, deps.db, event, categories)),
    ...lateForPublication(event, categories, deps.clock.now()),
  ];
}

/** Postgres' time at the start of the transaction. Sale windows are compared with it. */
async function publishNow(tx: Db, event: EventRow): Promise<EventRow> {
  const [row] = await tx
    .update(events)
    .set({
      status: 'published',
      publishedAt: sql`coalesce(${events.publishedAt}, now())`,
      version: sql`${events.version} + 1`,
    })
    .where(and(eq(events.id, event.id), eq(events.status, 'draft')))
    .returning();
  invariant(row !== undefined, `event ${event.id} changed under its lock`);
  return row;
}
