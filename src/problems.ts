import { accessProblems } from './access/errors.ts';
import { catalogProblems } from './catalog/errors.ts';
import { checkInProblems } from './check-in/errors.ts';
import type { ProblemKind } from './http/problem.ts';
import { liveProblems } from './live/errors.ts';
import { notificationProblems } from './notifications/errors.ts';
import { orderProblems } from './orders/errors.ts';
import { paymentProblems } from './payments/errors.ts';
import type { PlatformErrorCode } from './platform/errors.ts';
import { reportProblems } from './reports/errors.ts';
import { trafficProblems } from './traffic-control/errors.ts';
import { queueProblems } from './waiting-room/errors.ts';

const platformProblems: Record<PlatformErrorCode, ProblemKind> = {
  'request.invalid': { status: 400, title: 'Request not valid' },
  'request.too_large': { status: 413, title: 'Too large' },
  'request.unsupported_media_type': { status: 415, title: 'Media type not supported' },
  'request.not_found': { status: 404, title: 'Not found' },
  // Only the edge answers this. The service has nothing at such an address.
  'request.method_not_allowed': { status: 405, title: 'Method not allowed' },
  'idempotency.key_required': { status: 400, title: 'Idempotency-Key required' },
  'idempotency.key_reused': { status: 422, title: 'Idempotency-Key used with another body' },
  'idempotency.in_progress': { status: 409, title: 'Still in progress' },
  'service.overloaded': { status: 503, title: 'Overloaded' },
  'service.busy': { status: 503, title: 'Busy with work of this kind' },
  'service.unavailable': { status: 503, title: 'Temporarily unavailable' },
  internal: { status: 500, title: 'Internal error' },
};

/**
 * Every error code of the service with its status and title. A room's record has all codes of the room, or it does not
 * compile.
 */
export const problems = {
  ...platformProblems,
  ...trafficProblems,
  ...accessProblems,
  ...catalogProblems,
  ...orderProblems,
  ...paymentProblems,
  ...checkInProblems,
  ...notificationProblems,
  ...queueProblems,
  ...liveProblems,
  ...reportProblems,
} as const satisfies Record<string, ProblemKind>;

export type ErrorCode = keyof typeof problems;
