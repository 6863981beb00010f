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
  // systemd, Ctrl-C and others signal all processes of a service at once. Somebody still waits for the task in progress, and the process that
  // started this one ends it in time.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => {});
  process.on('message', (task) => void answer(task).then((made) => process.send?.(made)));
  process.on('disconnect', () => process.exit());
}
