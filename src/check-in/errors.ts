import { DomainError } from '../platform/errors.ts';

export const checkInProblems = {
  'check_in.other_event': { status: 403, title: 'Another event' },
  'event.not_found': { status: 404, title: 'Event not found' },
  'check_in.scan_id_reused': { status: 422, title: 'Scan id used for another scan' },
  'check_in.scan_not_found': { status: 404, title: 'Scan not found' },
  'check_in.not_undoable': { status: 409, title: 'Nothing to undo' },
  'gate.not_found': { status: 404, title: 'Gate not found' },
  'gate.name_taken': { status: 409, title: 'Name taken' },
  'gate.limit_reached': { status: 409, title: 'Too many gates' },
  'gate.category_unknown': { status: 400, title: 'Ticket category unknown' },
  'gate.times_reversed': { status: 400, title: 'Gate closes before it opens' },
  'zone.not_found': { status: 404, title: 'Zone not found' },
  'zone.name_taken': { status: 409, title: 'Name taken' },
  'zone.limit_reached': { status: 409, title: 'Too many zones' },
  'zone.in_use': { status: 409, title: 'Zone in use' },
} as const;

export type CheckInErrorCode = keyof typeof checkInProblems;

type Refusal = DomainError<CheckInErrorCode>;

export const otherEvent = (): Refusal =>
  new DomainError('check_in.other_event', 'This device or member may scan only for its own events.');

/** The same error for an event that does not exist and for another organiser's event. */
export const eventNotFound = (): Refusal => new DomainError('event.not_found', 'There is no such event.');

export const scanIdReused = (): Refusal =>
  new DomainError(
    'check_in.scan_id_reused',
    'This scan id was used for another code, direction, gate or time. Nothing was written; scan again with a new id.',
  );

export const scanNotFound = (): Refusal =>
  new DomainError('check_in.scan_not_found', 'This login has no such scan on this device.');

export const scanNotUndoable = (): Refusal =>
  new DomainError('check_in.not_undoable', 'This scan let nobody through, so there is nothing to undo.');

export const gateNotFound = (): Refusal => new DomainError('gate.not_found', 'There is no such gate.');

export const gateNameTaken = (): Refusal =>
  new DomainError('gate.name_taken', 'The event already has a gate with this name.');

export const gateLimitReached = (max: number): Refusal =>
  new DomainError('gate.limit_reached', `An event has at most ${max} gates.`, { details: { max } });

export const gateCategoryUnknown = (): Refusal =>
  new DomainError('gate.category_unknown', 'A listed ticket category does not belong to this event.');

export const gateTimesReversed = (): Refusal =>
  new DomainError('gate.times_reversed', 'The gate must close after it opens.');

export const zoneNotFound = (): Refusal => new DomainError('zone.not_found', 'There is no such zone.');

export const zoneNameTaken = (): Refusal =>
  new DomainError('zone.name_taken', 'The event already has a zone with this name.');

export const zoneLimitReached = (max: number): Refusal =>
  new DomainError('zone.limit_reached', `An event has at most ${max} zones.`, { details: { max } });

export const zoneInUse = (): Refusal =>
  new DomainError(
    'zone.in_use',
    'Gates lead into this zone, or people are inside. Let the gates lead elsewhere first.',
  );
