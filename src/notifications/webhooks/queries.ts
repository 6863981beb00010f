import { and, asc, eq, ne } from 'drizzle-orm';
import { invariant } from '../../platform/assert.ts';
import type { Db } from '../../platform/database/db.ts';
import { type WebhookEndpoint, webhookEndpoints } from './tables.ts';

const ofOrganizer = (organizerId: string, id: string) =>
  and(
    eq(webhookEndpoints.id, id),
    eq(webhookEndpoints.organizerId, organizerId),
    ne(webhookEndpoints.status, 'deleted'),
  );

/** An endpoint of this organiser. Another organiser's, and a deleted one, does not exist here. */
export async function findEndpoint(db: Db, organizerId: string, id: string): Promise<WebhookEndpoint | undefined> {
  const [row] = await db.select().from(webhookEndpoints).where(ofOrganizer(organizerId, id));
  return row;
}

/** An endpoint of this organiser, locked until the caller's transaction ends. */
export async function lockEndpoint(tx: Db, organizerId: string, id: string): Promise<WebhookEndpoint | undefined> {
  const [row] = await tx.select().from(webhookEndpoints).where(ofOrganizer(organizerId, id)).for('update');
  return row;
}

/** In the order in which they were made. */
export async function listEndpoints(db: Db, organizerId: string): Promise<WebhookEndpoint[]> {
  return db
    .select()
    .from(webhookEndpoints)
    .where(and(eq(webhookEndpoints.organizerId, organizerId), ne(webhookEndpoints.status, 'deleted')))
    .orderBy(asc(webhookEndpoints.id));
}

export async function updateEndpoint(
  tx: Db,
  id: string,
  values: Partial<typeof webhookEndpoints.$inferInsert>,
): Promise<WebhookEndpoint> {
  const [row] = await tx.update(webhookEndpoints).set(values).where(eq(webhookEndpoints.id, id)).returning();
  invariant(row !== undefined, `endpoint ${id} is gone although it was locked`);
  return row;
}
