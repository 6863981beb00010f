import { and, count, desc, eq, lt } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';
import { type Organizer, organizers, staff } from '../tables.ts';

export type ListedOrganizer = Organizer & { readonly activeOwners: number };

/** All organizers of the service, newest first, up to `limit` + 1. Only the operator reads them. */
export async function listOrganizers(
  db: Db,
  page: { beforeId: string | undefined; limit: number },
): Promise<ListedOrganizer[]> {
  return db
    .select({
      id: organizers.id,
      slug: organizers.slug,
      name: organizers.name,
      createdAt: organizers.createdAt,
      activeOwners: count(staff.id),
    })
    .from(organizers)
    .leftJoin(staff, and(eq(staff.organizerId, organizers.id), eq(staff.role, 'owner'), eq(staff.status, 'active')))
    .where(page.beforeId === undefined ? undefined : lt(organizers.id, page.beforeId))
    .groupBy(organizers.id)
    .orderBy(desc(organizers.id))
    .limit(page.limit + 1);
}
