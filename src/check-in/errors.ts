import { refusalsOf } from '../platform/errors.ts';

export const checkInProblems = {
  'check_in.other_event': { status: 403, title: 'Another event' },
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

const { refusal } = refusalsOf<CheckInErrorCode>();

export const otherEvent = () =>
  refusal('check_in.other_event', 'This device or member may scan only for its own events.');

export const scanIdReused = () =>
  refusal(
    'check_in.scan_id_reused',
    'This scan id was used for another code, direction, gate or time. Nothing was written; scan again with a new id.',
  );

export const scanNotFound = () => refusal('check_in.scan_not_found', 'This login has no such scan on this device.');

export const scanNotUndoable = () =>
  refusal('check_in.not_undoable', 'This scan let nobody through, so there is nothing to undo.');

export const gateNotFound = () => refusal('gate.not_found', 'There is no such gate.');

export const gateNameTaken = () => refusal('gate.name_taken', 'The event already has a gate with this name.');

export const gateLimitReached = (max: number) =>
  refusal('gate.limit_reached', `An event has at most ${max} gates.`, { max });

export const gateCategoryUnknown = () =>
  refusal('gate.category_unknown', 'A listed ticket category does not belong to this event.');

export const gateTimesReversed = () => refusal('gate.times_reversed', 'The gate must close after it opens.');

export const zoneNotFound = () => refusal('zone.not_found', 'There is no such zone.');

export const zoneNameTaken = () => refusal('zone.name_taken', 'The event already has a zone with this name.');

export const zoneLimitReached = (max: number) =>
  refusal('zone.limit_reached', `An event has at most ${max} zones.`, { max });

export const zoneInUse = () =>
  refusal('zone.in_use', 'Gates lead into this zone, or people are inside. Let the gates lead elsewhere first.');
