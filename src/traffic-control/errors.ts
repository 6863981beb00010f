/** Refusals of this room are built by `refusals.ts`, as bytes; here is how they read. */
export type TrafficControlErrorCode = 'traffic.rate_limited';

export const trafficProblems = {
  'traffic.rate_limited': { status: 429, title: 'Too many requests' },
} as const satisfies Record<TrafficControlErrorCode, { status: number; title: string }>;
