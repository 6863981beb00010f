import type { Actor } from '../access/actor.ts';
import { decodeCursor } from '../http/pagination.ts';
import type { Db } from '../platform/db.ts';
import { requestInvalid } from '../platform/errors.ts';
import { findActorEvent } from './find-actor-event.ts';
import { type ConflictRow, listConflictRows } from './queries.ts';

/**
 * Tickets that let two people in, since one device was offline: the later entries, newest first, at most `limit` + 1.
 * @throws DomainError check_in.event_not_found, check_in.other_event, request.invalid
 */
export async function listConflicts(
  deps: { db: Db },
  actor: Actor,
  input: { eventId: string; cursor?: string | undefined; limit: number },
): Promise<ConflictRow[]> {
  await findActorEvent(deps, actor, input.eventId);
  return listConflictRows(deps.db, input.eventId, placeOf(input.cursor), input.limit + 1);
}

function placeOf(cursor: string | undefined): { scannedAt: string; deviceId: string; scanId: string } | undefined {
  if (cursor === undefined) return undefined;
  const [scannedAt = '', deviceId = '', scanId = ''] = decodeCursor(cursor, 3);
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/.test(scannedAt) || !(Date.parse(scannedAt) >= 0)) {
    throw requestInvalid([{ path: 'cursor', message: 'is not a cursor of this list' }]);
  }
  return { scannedAt, deviceId, scanId };
}
