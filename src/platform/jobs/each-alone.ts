import type { z } from 'zod';
import type { Db } from '../database/db.ts';
import type { Log } from '../log.ts';
import type { JobContract } from './job.ts';
import { stageAll } from './outbox.ts';
import { RetryLater } from './retry-later.ts';

/** The pause before an item that has failed gets the first try of its own job. */
const failedPauseSeconds = 2;

/**
 * Acts on all items of a job that stands for several, at once. An item that fails gets a job of its own, with the pause that it asks
 * for, so that it neither holds the others up nor repeats them. The act must be safe to repeat.
 * @param contract the job of one item
 */
export async function eachAlone<Payload extends z.ZodType>(
  { db, log }: { readonly db: Db; readonly log: Log },
  contract: JobContract<Payload>,
  items: readonly z.input<Payload>[],
  act: (item: z.input<Payload>) => Promise<unknown>,
): Promise<void> {
  const tried = await Promise.all(
    items.map(async (item) => {
      try {
        await act(item);
        return [];
      } catch (error) {
        if (error instanceof RetryLater) return [{ item, seconds: error.seconds }];
        log.warn({ err: error, job: contract.name, item }, 'an item of a job failed and gets a job of its own');
        return [{ item, seconds: failedPauseSeconds }];
      }
    }),
  );
  const again = tried.flat();
  await stageAll(
    db,
    contract,
    again.map(({ item }) => item),
    again.map(({ seconds }) => seconds),
  );
}
