/** Ordered: each role may do what the ones after it may. */
export const roles = ['owner', 'manager', 'door'] as const;
export type Role = (typeof roles)[number];

/** Who is asking. A device may scan for its one event and nothing else. */
export type Actor =
  | { readonly kind: 'staff'; readonly id: string; readonly organizerId: string; readonly organizerSlug: string; readonly role: Role; readonly sessionId: string }
  | { readonly kind: 'api_key'; readonly id: string; readonly organizerId: string; readonly organizerSlug: string; readonly role: Role }
  | { readonly kind: 'device'; readonly id: string; readonly organizerId: string; readonly organizerSlug: string; readonly role: 'door'; readonly eventId: string };

export function atLeast(actor: Actor, role: Role): boolean {
  return roles.indexOf(actor.role) <= roles.indexOf(role);
}
