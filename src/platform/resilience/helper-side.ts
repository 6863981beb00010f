import type { HelperAnswer } from './helper-processes.ts';

/** Answers the tasks that `createHelpers` sends to this process, and ends with the process that started it. */
export function answerTasks(handle: (task: never) => unknown): void {
  if (process.send === undefined) throw new Error('this file runs as a helper process');
  const answer = async (task: unknown): Promise<HelperAnswer<unknown>> => {
    try {
      return { value: await handle(task as never) };
    } catch (error) {
      return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  process.on('message', (task) => void answer(task).then((made) => process.send?.(made)));
  process.on('disconnect', () => process.exit());
}
