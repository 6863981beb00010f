import { z } from 'zod';
import type { Db } from '../../platform/database/db.ts';
import { job } from '../../platform/jobs/job.ts';
import { stage } from '../../platform/jobs/outbox.ts';

/**
 * Tells a CDN which public answers are outdated, by the keys that they carry in `Surrogate-Key`. Staged in the
 * transaction of the change, so that it is neither forgotten nor waited for. Safe to repeat: a CDN then asks once more.
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

/** Called in the transaction of a change that the public sees. */
export type StagePurge = (tx: Db, surrogateKeys: readonly string[]) => Promise<void>;

/**
 * A CDN asks again at once, and must not be given the old bytes once more: processes hear of a change within a quarter
 * of a second, and the edge keeps nothing longer than three.
 */
const delaySeconds = 4;

/** @param url where a CDN is told; without one there is nothing to stage */
export function createStagePurge(url: string | undefined): StagePurge {
  if (url === undefined) return () => Promise.resolve();
  return (tx, surrogateKeys) => stage(tx, cdnPurgeJob, { surrogateKeys: [...surrogateKeys] }, { delaySeconds });
}
