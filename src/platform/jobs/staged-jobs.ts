import { type SQL, sql } from 'drizzle-orm';
import type { JobContract } from './job.ts';

/**
 * The staged jobs of these kinds, as a table: `from ${stagedJobs(...)} staged`. Each part has an index. A search by the name alone
 * would read the whole outbox, which in a backlog has a million rows.
 */
export function stagedJobs(contracts: readonly Pick<JobContract, 'name'>[]): SQL {
  const names = contracts.map(({ name }) => name);
  return sql`(
    select * from outbox where relays = 0 and name in ${names}
    union all select * from outbox where relays > 0 and name in ${names})`;
}

/** The longest pause before a job that was given up is staged again without a person. */
const restMinutesMax = 60;

/**
 * The ids under `key` in the payloads of jobs of these kinds that are staged, or were given up lately, for `id not in ...`.
 * Without the latter, work that always fails would make a dead letter every few seconds: each one of the last day
 * doubles the pause, from a minute on. Postgres reads the ids once and hashes them. With `not exists` it may read the
 * whole backlog again for each candidate, if it expects few candidates.
 */
export function idsWithJob(contracts: readonly Pick<JobContract, 'name'>[], key: string): SQL {
  const names = contracts.map(({ name }) => name);
  // A null in the list would make `not in` unknown for every id.
  return sql`(
    select coalesce(staged.payload ->> ${key}, '') from ${stagedJobs(contracts)} staged
    union all
    select coalesce(given_up.payload ->> ${key}, '') from dead_letters given_up
    where given_up.name in ${names} and given_up.failed_at > now() - interval '1 day'
    group by 1
    having max(given_up.failed_at) > now() - least(
      interval '30 seconds' * power(2, least(count(*), 20)), make_interval(mins => ${restMinutesMax})))`;
}
