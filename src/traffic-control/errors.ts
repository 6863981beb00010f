import { refusalsOf } from '../platform/errors.ts';

/** `shedding/refusals.ts` builds refusals as bytes; this is their wording. */
export const trafficProblems = {
  'traffic.rate_limited': { status: 429, title: 'Too many requests' },
  'traffic.browse_only': { status: 503, title: 'Only browsing for now' },
  'traffic.switched_off': { status: 503, title: 'Switched off for now' },
  'switch.unknown': { status: 404, title: 'No such switch' },
  'switch.scope': { status: 400, title: 'Switch not available for this scope' },
  'event.not_found': { status: 404, title: 'Event not found' },
  'switch.no_waiting_room': { status: 409, title: 'No waiting room planned' },
} as const;

export type TrafficControlErrorCode = keyof typeof trafficProblems;

const { refusal, tryLater } = refusalsOf<TrafficControlErrorCode>();

const browseOnlyRetrySeconds = 30;

export const browseOnly = () =>
  tryLater('traffic.browse_only', 'Only browsing is possible for now; try again later.', browseOnlyRetrySeconds);

export const switchUnknown = (names: readonly string[]) => refusal('switch.unknown', `There are ${names.join(', ')}.`);

export const switchNotForThis = (name: string, isForAll: boolean) =>
  refusal('switch.scope', `${name} is for ${isForAll ? 'all events at once' : 'one event'}.`);

export const switchableEventNotFound = () => refusal('event.not_found', 'There is no event with this slug or id.');

export const noWaitingRoomPlanned = () =>
  refusal('switch.no_waiting_room', 'The event has no waiting room; its organiser plans one first.');
