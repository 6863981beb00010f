import type { Actor } from '../../access/index.ts';
import type { Db } from '../../platform/database/db.ts';
import { DomainError } from '../../platform/errors.ts';
import { resolveTask } from './resolve-task.ts';

/** `refusal` is the code of the refusal; null if the task is resolved now. */
export type TaskOutcome = { readonly taskId: string; readonly refusal: string | null };

/**
 * Resolves tasks that people have done, each in a transaction of its own. A refused one does not hold up the others.
 * @returns the outcome of each, in the given order
 */
export async function resolveTasks(
  deps: { readonly db: Db },
  { actor, taskIds }: { readonly actor: Actor; readonly taskIds: readonly string[] },
): Promise<TaskOutcome[]> {
  const outcomes: TaskOutcome[] = [];
  for (const taskId of taskIds) {
    const refusal = await resolveTask(deps, { actor, taskId, action: 'done' }).then(() => null, refusalOf);
    outcomes.push({ taskId, refusal });
  }
  return outcomes;
}

/** @throws what is not a refusal of the task, such as a database that is away */
function refusalOf(error: unknown): string {
  if (error instanceof DomainError && error.code.startsWith('task.')) return error.code;
  throw error;
}
