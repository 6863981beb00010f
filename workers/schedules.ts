import { type JobContract, queueNames } from '../src/platform/jobs/job.ts';
import type { Log } from '../src/platform/log.ts';
import type { Queues } from './queues.ts';
import type { JobMap } from './running/run-job.ts';

/**
 * Recurring jobs. Their schedules live in Redis, so they are put there at every start and again whenever they are
 * missing or have stopped; schedules that this build does not have are removed. A recurring job has no outbox row: if
 * one run is lost, the next one does its work.
 */
export type Schedule = { readonly job: JobContract; readonly everySeconds: number };

/** The contract's name is the schedule's id. */
export async function upsertSchedules(queues: Queues, schedules: readonly Schedule[]): Promise<void> {
  for (const { job, everySeconds } of schedules) {
    await queues[job.queue].upsertJobScheduler(
      job.name,
      { every: everySeconds * 1000 },
      { name: job.name, data: {}, opts: { attempts: 1, removeOnComplete: true, removeOnFail: { count: 20 } } },
    );
  }
}

const schedulersReadMax = 100;
const overdueGraceMs = 60_000;

/** Restores missing or stopped schedules, and removes those that are no longer ours. Returns the names restored. */
export async function repairSchedules(queues: Queues, schedules: readonly Schedule[], now: number): Promise<string[]> {
  const repaired: string[] = [];
  for (const queue of queueNames) {
    const present = new Map<string, number>();
    for (const scheduler of await queues[queue].getJobSchedulers(0, schedulersReadMax)) {
      present.set(scheduler.key, scheduler.next ?? 0);
    }
    const wanted = schedules.filter((schedule) => schedule.job.queue === queue);
    for (const schedule of wanted) {
      const next = present.get(schedule.job.name);
      present.delete(schedule.job.name);
      if (next !== undefined && next > now - schedule.everySeconds * 1000 - overdueGraceMs) continue;
      if (next !== undefined) await queues[queue].removeJobScheduler(schedule.job.name);
      await upsertSchedules(queues, [schedule]);
      repaired.push(schedule.job.name);
    }
    for (const name of present.keys()) await queues[queue].removeJobScheduler(name);
  }
  return repaired;
}

export type ScheduleKeeper = { stop(): void };

const keepEveryMs = 15_000;

/** Watches the schedules until stopped; call after `upsertSchedules`. */
export function keepSchedules(deps: { queues: Queues; schedules: readonly Schedule[]; log: Log }): ScheduleKeeper {
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    repairSchedules(deps.queues, deps.schedules, Date.now())
      .then(
        (repaired) => {
          if (repaired.length > 0) deps.log.warn({ schedules: repaired }, 'schedules of recurring jobs were restored');
        },
        (error: unknown) => deps.log.warn({ err: error }, 'the schedules of recurring jobs could not be checked'),
      )
      .finally(() => {
        busy = false;
      });
  }, keepEveryMs);
  return { stop: () => clearInterval(timer) };
}

/** Schedules of the jobs that this build has; a name without a contract is a fault of the build. */
export function schedulesOf<Jobs extends JobMap>(
  jobs: Jobs,
  everySeconds: { readonly [Name in keyof Jobs]?: number },
): Schedule[] {
  return Object.entries(everySeconds).flatMap(([name, seconds]) => {
    const contract = jobs[name];
    if (contract === undefined || typeof seconds !== 'number') throw new Error(`no job contract ${name} to schedule`);
    return [{ job: contract, everySeconds: seconds }];
  });
}
