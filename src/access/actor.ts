/** Ordered: each role may do everything that the later ones may. */
export const roles = ['owner', 'manager', 'door'] as const;
export type Role = (typeof roles)[number];

type OfOrganizer = { readonly id: string; readonly organizerId: string; readonly organizerSlug: string };

export type StaffActor = OfOrganizer & { readonly kind: 'staff'; readonly role: Role; readonly sessionId: string };
/** A program of the organiser. Never an owner: a leaked key must not be able to make others. */
export type ApiKeyActor = OfOrganizer & { readonly kind: 'api_key'; readonly role: 'manager' | 'door' };
/** Door hardware. It may scan for its one event and nothing else. */
export type DeviceActor = OfOrganizer & { readonly kind: 'device'; readonly role: 'door'; readonly eventId: string };

/** The staff member, program or device behind a request. */
export type Actor = StaffActor | ApiKeyActor | DeviceActor;

export function atLeast(actor: Pick<Actor, 'role'>, role: Role): boolean {
  return roles.indexOf(actor.role) <= roles.indexOf(role);
}

/** The roles whose members this role may invite, change and end: an owner all, a manager only the door staff. */
export function mayManage(actor: Pick<Actor, 'kind' | 'role'>, role: Role): boolean {
  return actor.kind !== 'device' && (actor.role === 'owner' || (actor.role === 'manager' && role === 'door'));
}
