import { type Db, transaction } from '../../../platform/database/db.ts';
import { stageAll } from '../../../platform/jobs/outbox.ts';
import { sendWebhooks } from '../jobs.ts';
import { takeTurns } from './queries.ts';

/**
 * Gives a turn to each endpoint with due deliveries, and stages its job in the same transaction. Facts stage no jobs themselves, so
 * thousands of them per second make one job per endpoint.
 * @returns how many endpoints got a turn
 */
export async function giveWebhookTurns({ db }: { db: Db }): Promise<number> {
  return transaction(db, async (tx) => {
    const turns = await takeTurns(tx);
    await stageAll(tx, sendWebhooks, turns);
    return turns.length;
  });
}
