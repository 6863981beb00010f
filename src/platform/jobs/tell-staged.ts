import { channel } from 'node:diagnostics_channel';
import { type Db, afterCommit } from '../database/db.ts';

const staged = channel('antre:staged');

/**
 * Tells this process that due jobs were staged, after the commit and never if it fails. Each act that stages jobs calls it after
 * its statement: `stage` and `stageAll` do, and so does each caller of a SQL function that stages. Without a listener it costs one comparison.
 * @param db the transaction of the statement, or the pool if it had none of its own
 */
export function tellStaged(db: Db): void {
  if (staged.hasSubscribers) afterCommit(db, () => staged.publish(undefined));
}

/**
 * Calls `hear` after each commit that has staged jobs.
 * @returns the function that stops it
 */
export function hearStaged(hear: () => void): () => void {
  staged.subscribe(hear);
  return () => {
    staged.unsubscribe(hear);
  };
}
