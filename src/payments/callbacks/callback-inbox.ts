import type { Db } from '../../platform/database/db.ts';
import { type GroupCommit, createGroupCommit } from '../../platform/database/group-commit.ts';
import { type CallbackItem, type StoreOutcome, storeCallbacks } from './queries.ts';
import {
  callbackBatchMax,
  callbackDeadlineMs,
  callbackEveryMs,
  callbackFlushesMax,
  callbackQueueMax,
} from '../limits.ts';

/** The durable inbox of callbacks: a callback that was answered with `stored` is on disk. */
export type CallbackInbox = GroupCommit<CallbackItem, StoreOutcome>;

/** Callbacks that arrive together are written together. One organiser's flood waits in a lane of its own. */
export function createCallbackInbox(deps: {
  db: Db;
  flushesMax?: number;
  /** Called after a commit that stored callbacks and therefore staged jobs. Duplicates stage nothing. */
  onStored?: () => void;
}): CallbackInbox {
  return createGroupCommit<CallbackItem, StoreOutcome>({
    name: 'callbacks',
    flush: async (_lane, items) => {
      const outcomes = await storeCallbacks(deps.db, items);
      if (outcomes.includes('stored')) deps.onStored?.();
      return outcomes;
    },
    batchMax: callbackBatchMax,
    queueMax: callbackQueueMax,
    deadlineMs: callbackDeadlineMs,
    flushesMax: deps.flushesMax ?? callbackFlushesMax,
    everyMs: callbackEveryMs,
    keysOf: (item) => [item.dedupKey],
  });
}
