import { and, eq } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';
import { messageTestNotFound } from '../errors.ts';
import { deliveries } from '../tables.ts';

/**
 * The outcome of a test.
 * @throws DomainError message_test.not_found, also for another organiser's
 */
export async function showTest(db: Db, { organizerId, testId }: { organizerId: string; testId: string }) {
  const [row] = await db
    .select({
      id: deliveries.id,
      channel: deliveries.channel,
      status: deliveries.status,
      failure: deliveries.failure,
      createdAt: deliveries.createdAt,
      acceptedAt: deliveries.acceptedAt,
      deliveredAt: deliveries.deliveredAt,
    })
    .from(deliveries)
    .where(
      and(eq(deliveries.id, testId), eq(deliveries.organizerId, organizerId), eq(deliveries.template, 'message_test')),
    );
  if (row === undefined) throw messageTestNotFound();
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    acceptedAt: row.acceptedAt?.toISOString() ?? null,
    deliveredAt: row.deliveredAt?.toISOString() ?? null,
  };
}
