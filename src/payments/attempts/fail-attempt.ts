import { type Db, transaction } from '../../platform/database/db.ts';
import { lockAttemptAndOrder } from '../callbacks/apply-fact.ts';
import { changeAttempt } from './queries.ts';
import { reopenTask } from '../tasks/queries.ts';

/** The gateway refuses for good to make an attempt: the buyer may choose another way, and the organiser must look. */
export async function failAttempt(db: Db, attemptId: string, failure: string): Promise<void> {
  await transaction(db, async (tx) => {
    const locked = await lockAttemptAndOrder(tx, attemptId);
    if (locked === undefined) return;
    const { attempt } = locked;
    if (attempt.status !== 'creating' && attempt.status !== 'unknown') return;
    await changeAttempt(tx, attempt, { status: 'failed', failure, checkInSeconds: null });
    // Once per event: a wrong key fails every order of it in the same way. Resolved too early, it is open again.
    await reopenTask(tx, attempt, { kind: 'payment_refused', subjectId: attempt.organizerId, detail: { failure } });
  });
}
