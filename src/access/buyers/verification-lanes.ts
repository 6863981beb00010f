import type { Db } from '../../platform/database/db.ts';
import { type GroupCommit, createGroupCommit } from '../../platform/database/group-commit.ts';
import { verificationAnswerMs, verificationBatchMax, verificationQueueMax, verificationWaitMs } from '../limits.ts';
import { type ConfirmationTry, type NewVerification, insertVerifications, tryConfirmations } from './queries.ts';

/**
 * Codes that are asked for and codes that are tried, each collected and written together. Each has one flush of its own at
 * a time and a short queue: who storms them waits, or is refused, among themselves.
 */
export type VerificationLanes = {
  readonly requests: GroupCommit<NewVerification, void>;
  /** The account that the code has confirmed; undefined when it has none. */
  readonly confirmations: GroupCommit<ConfirmationTry, string | undefined>;
};

export function createVerificationLanes(deps: { db: Db }): VerificationLanes {
  const bounds = {
    batchMax: verificationBatchMax,
    queueMax: verificationQueueMax,
    deadlineMs: verificationWaitMs,
    answerMs: verificationAnswerMs,
    flushesMax: 1,
  };
  return {
    requests: createGroupCommit<NewVerification, void>({
      ...bounds,
      name: 'buyer_verifications',
      flush: async (_lane, items) => {
        await insertVerifications(deps.db, items);
        return items.map(() => undefined);
      },
    }),
    confirmations: createGroupCommit<ConfirmationTry, string | undefined>({
      ...bounds,
      name: 'buyer_confirmations',
      flush: async (_lane, tries) => {
        const accounts = await tryConfirmations(deps.db, tries);
        return tries.map(({ id }) => accounts.get(id));
      },
      keysOf: ({ id }) => [id],
    }),
  };
}
