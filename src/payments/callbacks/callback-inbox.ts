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
export function createCallbackInbox(deps: { db: Db; flushesMax?: number }): CallbackInbox {
  return createGroupCommit<CallbackItem, StoreOutcome>({
    name: 'callbacks',
    flush: (_lane, items) => storeCallbacks(deps.db, items),
    batchMax: callbackBatchMax,
    queueMax: callbackQueueMax,
    deadlineMs: callbackDeadlineMs,
    flushesMax: deps.flushesMax ?? callbackFlushesMax,
    everyMs: callbackEveryMs,
    keysOf: (item) => [item.dedupKey],
  });
}
