import { type ChangeDeps, type EventOfActor, changeLockedEvent, differences } from './change-locked-event.ts';
import { eventChangedMeanwhile } from '../errors.ts';
import { eventValues, requireEventTimes } from '../input-rows.ts';
import type { LimitsChanged, MoveGates } from '../ports.ts';
import { movePlan } from './date-move.ts';
import { type EventRow, updateEvent } from '../queries.ts';
import type { ChangeEvent } from './schemas.ts';

/**
 * Changes fields of an event, if it is still at the version that the caller read. A changed limit per buyer also counts tickets that buyers
 * already have. A new start ends a postponement and moves entry times, gates and schedule along. Ticket holders are told of a new time or
 * place.
 * @param input.version the version that the caller read
 * @throws DomainError event.changed_meanwhile, event.not_publishable, event.not_found, event.cancelled, request.invalid
 */
export async function changeEvent(
  deps: ChangeDeps & {
    readonly limitsChanged: LimitsChanged;
    readonly moveGates: MoveGates;
  },
  { actor, eventId, version, values }: EventOfActor & { readonly version: number; readonly values: ChangeEvent },
): Promise<EventRow> {
  return changeLockedEvent(deps, { actor, eventId }, async (tx, before) => {
    if (before.version !== version) throw eventChangedMeanwhile(before.version);
    const fields = eventValues(values, before.currency);
    requireEventTimes({ ...before, ...fields });
    const changes = differences(before, before, fields);
    if (Object.keys(changes).length === 0) return { event: before, result: before };
    // A new date ends a postponement.
    const isDated = before.postponedAt !== null && 'startsAt' in changes;
    const event = await updateEvent(tx, before, isDated ? { ...fields, postponedAt: null } : fields);
    if ((event.ticketsPerBuyerMax === null) !== (before.ticketsPerBuyerMax === null))
      await deps.limitsChanged(tx, eventId);
    if ('startsAt' in changes) {
      const move = { eventId, before, after: event };
      await movePlan(tx, move);
      await deps.moveGates(tx, move);
    }
    return { event, result: event, act: 'event.changed', subjectId: eventId, changes };
  });
}
