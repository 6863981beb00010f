import { z } from 'zod';
import type { Db } from '../../platform/database/db.ts';
import { job } from '../../platform/jobs/job.ts';
import { stage } from '../../platform/jobs/outbox.ts';

/**
 * Tells a CDN which public answers are outdated, by their `Surrogate-Key`. The job is staged in the transaction of the
 * change, so it is never lost and the change does not wait for it. Safe to repeat: the CDN then only asks once more.
 */
export const cdnPurgeJob = job({
  name: 'cdn.purge',
  payload: z.strictObject({
    surrogateKeys: z
      .array(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/))
      .min(1)
      .max(16),
  }),
  queue: 'maintenance',
  attempts: 5,
  timeoutMs: 8000,
});

/** Call this in the transaction of a change that the public sees. */
export type StagePurge = (tx: Db, surrogateKeys: readonly string[]) => Promise<void>;

/**
 * A CDN asks again at once and must not get the old bytes. Processes learn of a change within a quarter of a second,
 * and the edge keeps nothing longer than three.
 */
const delaySeconds = 4;

/** @param url of the CDN's purge endpoint; without it nothing is staged */
export function createStagePurge(url: string | undefined): StagePurge {
  if (url === undefined) return () => Promise.resolve();
  return (tx, surrogateKeys) => stage(tx, cdnPurgeJob, { surrogateKeys: [...surrogateKeys] }, { delaySeconds });
}
