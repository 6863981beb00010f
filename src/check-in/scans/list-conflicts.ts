import type { Actor } from '../../access/actor.ts';
import { decodeCursor } from '../../http/contract/pagination.ts';
import type { Db } from '../../platform/database/db.ts';
import { findActorEvent } from '../find-actor-event.ts';
import { type ConflictPlace, type ConflictRow, listConflictRows } from './queries.ts';

/**
 * What offline doors let in and should not have: the later entry of a ticket that entered twice, and entries against the
 * rules; newest first, at most `limit` + 1.
 * @throws DomainError event.not_found, check_in.other_event, request.invalid
 */
export async function listConflicts(
  deps: { db: Db },
  actor: Actor,
  input: { eventId: string; cursor?: string | undefined; limit: number },
): Promise<ConflictRow[]> {
  await findActorEvent(deps, actor, input.eventId);
  return listConflictRows(deps.db, input.eventId, placeOf(input.cursor), input.limit + 1);
}

function placeOf(cursor: string | undefined): ConflictPlace | undefined {
  if (cursor === undefined) return undefined;
  const [scannedAt = '', actorId = '', deviceId = '', scanId = ''] = decodeCursor(cursor, [
    'time',
    'text',
    'text',
    'text',
  ]);
  return { scannedAt, actorId, deviceId, scanId };
}
