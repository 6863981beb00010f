import { and, asc, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { Db } from '../../platform/database/db.ts';
import { type ApiKey, type Device, apiKeys, devices } from '../tables.ts';

type Page = { readonly afterId: string | undefined; readonly limit: number };

/** Includes ended keys. Ordered by creation, up to `limit` + 1. Index: api_keys_organizer. */
export async function findApiKeys(db: Db, organizerId: string, page: Page): Promise<ApiKey[]> {
  return db
    .select()
    .from(apiKeys)
    .where(
      and(eq(apiKeys.organizerId, organizerId), page.afterId === undefined ? undefined : gt(apiKeys.id, page.afterId)),
    )
    .orderBy(asc(apiKeys.id))
    .limit(page.limit + 1);
}

export async function endApiKeyRow(tx: Db, organizerId: string, keyId: string): Promise<boolean> {
  const rows = await tx
    .update(apiKeys)
    .set({ endedAt: sql`now()` })
    .where(and(eq(apiKeys.organizerId, organizerId), eq(apiKeys.id, keyId), isNull(apiKeys.endedAt)))
    .returning({ id: apiKeys.id });
  return rows.length > 0;
}

/** Live keys that this member is responsible for. */
export async function findMadeKeys(tx: Db, organizerId: string, makerId: string): Promise<ApiKey[]> {
  return tx
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.organizerId, organizerId), eq(apiKeys.responsibleId, makerId), isNull(apiKeys.endedAt)))
    .orderBy(asc(apiKeys.id));
}

export async function handOverKeys(tx: Db, organizerId: string, ids: string[], to: string): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .update(apiKeys)
    .set({ responsibleId: to })
    .where(and(eq(apiKeys.organizerId, organizerId), inArray(apiKeys.id, ids), isNull(apiKeys.endedAt)));
}

/** Live devices that one of these makers is responsible for. */
export async function findMadeDevices(tx: Db, organizerId: string, makerIds: string[]): Promise<Device[]> {
  return tx
    .select()
    .from(devices)
    .where(and(eq(devices.organizerId, organizerId), inArray(devices.responsibleId, makerIds), isNull(devices.endedAt)))
    .orderBy(asc(devices.id));
}

export async function handOverDevices(tx: Db, organizerId: string, ids: string[], to: string): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .update(devices)
    .set({ responsibleId: to })
    .where(and(eq(devices.organizerId, organizerId), inArray(devices.id, ids), isNull(devices.endedAt)));
}

/** Includes ended devices. Ordered by creation, up to `limit` + 1. */
export async function findDevices(
  db: Db,
  organizerId: string,
  filter: { eventId: string | undefined; eventIds: readonly string[] | undefined },
  page: Page,
): Promise<Device[]> {
  return db
    .select()
    .from(devices)
    .where(
      and(
        eq(devices.organizerId, organizerId),
        filter.eventId === undefined ? undefined : eq(devices.eventId, filter.eventId),
        filter.eventIds === undefined ? undefined : inArray(devices.eventId, [...filter.eventIds]),
        page.afterId === undefined ? undefined : gt(devices.id, page.afterId),
      ),
    )
    .orderBy(asc(devices.id))
    .limit(page.limit + 1);
}

/** @param eventIds only a device of one of these events; undefined for all */
export async function endDeviceRow(
  tx: Db,
  organizerId: string,
  deviceId: string,
  eventIds?: readonly string[],
): Promise<boolean> {
  const rows = await tx
    .update(devices)
    .set({ endedAt: sql`now()` })
    .where(
      and(
        eq(devices.organizerId, organizerId),
        eq(devices.id, deviceId),
        isNull(devices.endedAt),
        eventIds === undefined ? undefined : inArray(devices.eventId, [...eventIds]),
      ),
    )
    .returning({ id: devices.id });
  return rows.length > 0;
}
