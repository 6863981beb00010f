/**
 * How many buyers are let in per second, decided again each second.
 *
 * Additive increase, multiplicative decrease (Chiu and Jain, 1989): while orders are healthy, the rate grows by a
 * twentieth of the organizer's rate per second; each unhealthy second lowers it by three tenths. It never exceeds the
 * organizer's rate or the payments that can be made. While the health of orders is unknown the rate does not change.
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
/**
 * The part of its rate that a room opens with. The rate grows by a twentieth a second, so ten healthy seconds bring the
 * other half.
 */
export const openingShare = 0.5;

export function isBad(health: Health): boolean {
  return (
    (health.placementP95Ms ?? 0) > placementP95MaxMs ||
    health.shedRatio > shedRatioMax ||
    health.poolWaitMs > poolWaitMaxMs
  );
}

/** The admission rate of the next second, in buyers per second. Pure. */
export function nextAdmissionRate(input: AdmissionInput): number {
  const max = Math.min(input.rateMax, input.paymentsPerSecond);
  const now = Math.min(input.admissionRate, max);
  if (input.isPaymentBusy) return now * decrease;
  if (input.health === undefined) return now;
  if (isBad(input.health)) return now * decrease;
  return Math.min(max, now + increase * input.rateMax);
}
