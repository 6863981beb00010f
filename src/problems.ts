import { accessProblems } from './access/errors.ts';
import { catalogProblems } from './catalog/errors.ts';
import { checkInProblems } from './check-in/errors.ts';
import type { ProblemKind } from './http/problem.ts';
import { liveProblems } from './live/errors.ts';
import { notificationProblems } from './notifications/errors.ts';
import { orderProblems } from './orders/errors.ts';
import { paymentProblems } from './payments/errors.ts';
import { platformProblems } from './platform/errors.ts';
import { reportProblems } from './reports/errors.ts';
import { trafficProblems } from './traffic-control/errors.ts';
import { queueProblems } from './waiting-room/errors.ts';

/** Every error code of the service with its status and title: the record of the platform, and of every room. */
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
