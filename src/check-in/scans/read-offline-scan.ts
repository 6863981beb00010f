import type { z } from '@hono/zod-openapi';
import { inputFaults } from '../../http/contract/router.ts';
import { type DomainError, requestInvalid } from '../../platform/errors.ts';
import { scanIdLengthMax } from '../limits.ts';
import { offlineScanSchema, type syncSchema } from '../schemas.ts';
import type { OfflineScan } from './sync-scans.ts';

/** An item that cannot be taken, and its scan id if that can be shown. */
export type RefusedItem = { readonly scanId: string | null; readonly problem: DomainError };

/** One item of a batch, judged by itself: a phone must get rid of the good ones however odd another is. */
export function readOfflineScan(item: unknown, batch: z.output<typeof syncSchema>): OfflineScan | RefusedItem {
  const read = offlineScanSchema.safeParse(item);
  if (read.success) return { ...read.data, deviceId: read.data.deviceId ?? batch.deviceId };
  return { scanId: shownScanId(item), problem: requestInvalid(inputFaults(read.error)) };
}

function shownScanId(item: unknown): string | null {
  if (typeof item !== 'object' || item === null || !('scanId' in item)) return null;
  const { scanId } = item;
  return typeof scanId === 'string' ? scanId.toWellFormed().slice(0, scanIdLengthMax) : null;
}
