/**
 * What orders ask the waiting room, which stands beside them: given to them where the service is composed.
 *
 * `readPass` verifies the header `Queue-Pass`; what else must be true of it (not spent, its account the buyer's) is
 * decided with the order. `isPassNeeded` is what the process remembers, to refuse cheaply; Postgres decides.
 */
export type ReadPass = (
  eventId: string,
  header: string,
) => { readonly placeIndex: number; readonly accountKey: string } | 'invalid';

export type IsPassNeeded = (eventId: string) => boolean;
