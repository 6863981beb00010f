import { DomainError } from '../platform/errors.ts';

/** `refusals.ts` builds refusals as bytes; this is their wording. */
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

const browseOnlyRetrySeconds = 30;

export const browseOnly = () =>
  new DomainError<TrafficControlErrorCode>(
    'traffic.browse_only',
    'Only browsing is possible for now; try again later.',
    {
      retryAfterSeconds: browseOnlyRetrySeconds,
    },
  );
