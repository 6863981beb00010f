/**
 * How many buyers are let in per second, decided again each second.
 *
 * Additive increase, multiplicative decrease (Chiu and Jain, 1989): while orders are healthy, the rate grows by a
 * twentieth of the organizer's rate per second; each unhealthy second lowers it by three tenths. It never exceeds the
 * organizer's rate or the payments that can be made. While the health of orders is unknown the rate does not change. Bad
 * health alone never stops a room: what makes orders slow may have nothing to do with its buyers.
 *
 * Positions are called faster than this, because not everyone who is called comes (show ratio).
 */

/** The health of the API processes over the last seconds. */
export type Health = {
  /** The slowest process's 95th percentile from an order's arrival in its lane to its answer; undefined without orders. */
  readonly placementP95Ms: number | undefined;
  /** The part of orders that was refused for lack of capacity. */
  readonly shedRatio: number;
  /** The longest wait for a connection to Postgres, over all processes. */
  readonly poolWaitMs: number;
};

export type AdmissionInput = {
  /** The current admission rate, in buyers per second. */
  readonly admissionRate: number;
  readonly rateMax: number;
  /** Undefined if no process has reported. */
  readonly health: Health | undefined;
  /** More orders wait for their payment than can be prepared within a third of their hold. */
  readonly isPaymentBusy: boolean;
  /** Payments that can be made per second for this room's buyers. */
  readonly paymentsPerSecond: number;
};

const placementP95MaxMs = 250;
const shedRatioMax = 0.01;
const poolWaitMaxMs = 50;
const decrease = 0.7;
const increase = 0.05;
/** The part of the organizer's rate below which bad health does not lower the rate. */
const leastShare = 0.02;
/**
 * The part of its rate that a room opens with. The rate grows by a twentieth a second, so ten healthy seconds bring the
 * other half.
 */
export const openingShare = 0.5;

/** What decides how fast a room calls. */
export const paceLimits = [
  /** The organizer's rate. */
  'rate_max',
  /** Payments that can be made per second, or orders that wait for theirs. */
  'payments',
  'placement',
  'shed',
  'pool',
  'unknown_health',
  /** The rate rises again, some seconds after the opening or after something held it back. */
  'rising',
  /** Called buyers can take nearly everything that is left. */
  'stock',
  'standstill',
] as const;
export type PaceLimit = (typeof paceLimits)[number];

/** The admission rate of the next second, in buyers per second. Pure. */
export function nextAdmissionRate(input: AdmissionInput): number {
  const max = Math.min(input.rateMax, input.paymentsPerSecond);
  const now = Math.min(input.admissionRate, max);
  if (input.isPaymentBusy) return now * decrease;
  if (input.health === undefined) return now;
  if (faultOf(input.health) !== undefined) return Math.max(now * decrease, Math.min(now, leastShare * input.rateMax));
  return Math.min(max, now + increase * input.rateMax);
}

/** The reason for the rate that `nextAdmissionRate` gives for the same input. Pure. */
export function paceLimitOf(input: AdmissionInput): PaceLimit {
  if (input.isPaymentBusy) return 'payments';
  if (input.health === undefined) return 'unknown_health';
  const fault = faultOf(input.health);
  if (fault !== undefined) return fault;
  if (nextAdmissionRate(input) < Math.min(input.rateMax, input.paymentsPerSecond)) return 'rising';
  return input.paymentsPerSecond < input.rateMax ? 'payments' : 'rate_max';
}

/** What holds orders back; undefined if they are healthy. */
function faultOf(health: Health): 'placement' | 'shed' | 'pool' | undefined {
  if ((health.placementP95Ms ?? 0) > placementP95MaxMs) return 'placement';
  if (health.shedRatio > shedRatioMax) return 'shed';
  return health.poolWaitMs > poolWaitMaxMs ? 'pool' : undefined;
}
