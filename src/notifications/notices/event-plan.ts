import type { ShownEvent } from '../../catalog/index.ts';
import type { EventPlan } from './tables.ts';

/** The parts of an event that its holders plan by. */
export function planOf(event: Omit<ShownEvent, 'name' | 'status'>): EventPlan {
  const { timeZone, venue, address, city } = event;
  return {
    startsAt: event.startsAt.toISOString(),
    endsAt: event.endsAt.toISOString(),
    doorsOpenAt: event.doorsOpenAt.toISOString(),
    timeZone,
    venue,
    address,
    city,
    isPostponed: event.postponedAt !== null,
  };
}

/** The parts in which two plans differ. */
export function planChanges(before: EventPlan, after: EventPlan): { readonly time: boolean; readonly place: boolean } {
  const differs = (fields: readonly (keyof EventPlan)[]) => fields.some((field) => before[field] !== after[field]);
  return {
    time: differs(['startsAt', 'endsAt', 'doorsOpenAt', 'timeZone', 'isPostponed']),
    place: differs(['venue', 'address', 'city']),
  };
}

export function isMoved(before: EventPlan, after: EventPlan): boolean {
  const { time, place } = planChanges(before, after);
  return time || place;
}
