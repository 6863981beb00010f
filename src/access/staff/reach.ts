import { sql } from 'drizzle-orm';
import { arrayText } from '../../platform/database/array-text.ts';
import { type Db, rowsOf } from '../../platform/database/db.ts';
import { type Role, type StoredReach, atLeast, isManagerAt, reachOf } from '../actor.ts';
import { eventNotFound, limitReached, notDoorStaff, ownerNotLimited } from '../errors.ts';
import { eventsPerMemberMax } from '../limits.ts';

/** Events are null for all, and for none to manage. */
export type ReachChange = {
  readonly role?: Role | undefined;
  readonly eventIds?: readonly string[] | null | undefined;
  readonly managerEventIds?: readonly string[] | null | undefined;
};

/**
 * The reach after a change. Omitted fields stay as far as the others allow: an owner works at all events, and only door staff manage single
 * events, of those at which they work. Events to manage are added to those that the member is limited to.
 */
export function reachAfter(member: StoredReach, { role = member.role, ...change }: ReachChange): StoredReach {
  const kept = role === 'owner' ? null : member.eventIds;
  const eventIds = change.eventIds === undefined ? kept : change.eventIds;
  const managed = change.managerEventIds === undefined ? managedStill(member, role, eventIds) : change.managerEventIds;
  return {
    role,
    eventIds: eventIds && [...new Set([...eventIds, ...(managed ?? [])])],
    managerEventIds: managed && [...new Set(managed)],
  };
}

function managedStill({ managerEventIds }: StoredReach, role: Role, eventIds: readonly string[] | null) {
  if (role !== 'door' || managerEventIds === null) return null;
  const still = managerEventIds.filter((id) => eventIds?.includes(id) ?? true);
  return still.length === 0 ? null : still;
}

export function isSameReach(one: StoredReach, other: StoredReach): boolean {
  const hasSame = (name: 'eventIds' | 'managerEventIds') =>
    !losesEvent(one[name], other[name]) && !losesEvent(other[name], one[name]);
  return one.role === other.role && hasSame('eventIds') && hasSame('managerEventIds');
}

/** Whether the member loses a right. */
export function isLess(before: StoredReach, after: StoredReach): boolean {
  const loses = before.managerEventIds?.some((id) => !isManagerAt(reachOf(after), id)) === true;
  return loses || !atLeast(after, before.role) || losesEvent(before.eventIds, after.eventIds);
}

function losesEvent(before: readonly string[] | null, after: readonly string[] | null): boolean {
  if (after === null) return false;
  return before === null || before.some((id) => !after.includes(id));
}

/**
 * Checks the events of a member.
 * @throws DomainError staff.owner_not_limited, staff.not_door_staff, access.limit_reached, event.not_found (also for
 * another organizer's event)
 */
export async function checkReach(
  tx: Db,
  organizerId: string,
  { role, eventIds, managerEventIds }: StoredReach,
): Promise<void> {
  if (role === 'owner' && eventIds !== null) throw ownerNotLimited();
  if (role !== 'door' && managerEventIds !== null) throw notDoorStaff();
  const ids = eventIds ?? managerEventIds ?? [];
  if (ids.length === 0) return;
  if (ids.length > eventsPerMemberMax) throw limitReached(eventsPerMemberMax);
  const own = await rowsOf(
    tx,
    sql`select id from events where organizer_id = ${organizerId} and id = any (${arrayText(ids)}::text[])`,
  );
  if (own.length !== ids.length) throw eventNotFound();
}
