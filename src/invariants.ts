import { z } from 'zod';
import { accessInvariants } from './access/invariants.ts';
import { catalogInvariants } from './catalog/invariants.ts';
import { checkInInvariants } from './check-in/invariants.ts';
import { notificationInvariants } from './notifications/invariants.ts';
import { webhookInvariants } from './notifications/webhooks/invariants.ts';
import { orderInvariants } from './orders/invariants.ts';
import { paymentInvariants } from './payments/invariants.ts';
import type { Db } from './platform/database/db.ts';
import type { Invariant } from './platform/invariant.ts';
import { job } from './platform/jobs/job.ts';
import type { Log } from './platform/log.ts';
import { gauge } from './platform/metrics.ts';
import { reportInvariants } from './reports/invariants.ts';
import { waitingRoomInvariants } from './waiting-room/invariants.ts';

/** Every invariant about stock, money, tickets and access that the service guarantees. */
export const invariants: readonly Invariant[] = [
  ...orderInvariants,
  ...paymentInvariants,
  ...checkInInvariants,
  ...notificationInvariants,
  ...webhookInvariants,
  ...catalogInvariants,
  ...accessInvariants,
  ...waitingRoomInvariants,
  ...reportInvariants,
];

/** The invariants that run on schedule, on the live database of production. */
export const checkInvariantsJob = job({
  name: 'invariants.check',
  payload: z.strictObject({}),
  queue: 'maintenance',
  attempts: 1,
  timeoutMs: 120_000,
});

const violations = gauge('invariant_violations', 'Rows that break the invariant, at most its sample', ['invariant']);

export type Finding = { readonly invariant: Invariant; readonly violations: readonly string[] };

type CheckDeps = { readonly db: Db; readonly log: Log };

/**
 * An invariant rests for so many times as long as its check took. However large its tables are, it uses at most this share
 * of a connection. One that takes less than 1.8 s is in every run of the job.
 */
const restRatio = 500;

/**
 * The check for the recurring job of one process. It leaves out invariants that rest. A check reads in one statement of its own and locks
 * nothing, so a slow one holds back vacuum for as long as it takes, and no buyer.
 * @param now a clock in milliseconds
 */
export function createPacedCheck(deps: CheckDeps, now: () => number = () => performance.now()) {
  const restsUntil = new Map<string, number>();
  const paced = invariants.map(
    (invariant): Invariant => ({
      ...invariant,
      find: async (db) => {
        const since = now();
        const found = await invariant.find(db);
        const end = now();
        restsUntil.set(invariant.name, end + restRatio * (end - since));
        return found;
      },
    }),
  );
  return () =>
    checkInvariants(
      deps,
      paced.filter(({ name }) => now() >= (restsUntil.get(name) ?? 0)),
    );
}

/**
 * Checks invariants, one after the other, and names the violations. If one cannot be checked, for example because its
 * tables have outgrown its time, the others are still checked.
 * @throws AggregateError if some could not be checked, after all were tried
 */
export async function checkInvariants(deps: CheckDeps, which: readonly Invariant[] = invariants): Promise<Finding[]> {
  const findings: Finding[] = [];
  const faults: unknown[] = [];
  for (const invariant of which) {
    const found = await invariant.find(deps.db).catch((error: unknown) => {
      deps.log.error({ err: error, invariant: invariant.name }, 'an invariant could not be checked');
      faults.push(error);
    });
    if (found === undefined) continue;
    violations.set({ invariant: invariant.name }, found.length);
    if (found.length > 0) deps.log.error({ invariant: invariant.name, violations: found }, 'an invariant is broken');
    findings.push({ invariant, violations: found });
  }
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} invariants could not be checked`);
  return findings;
}
