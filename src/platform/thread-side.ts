import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { type TransferListItem, parentPort } from 'node:worker_threads';
import type { ThreadAnswer } from './threads.ts';

/** Nice value: of a core that both want, the event loop gets nearly all, and it never waits for the thread's turn to end. */
const niceness = 19;

/** Answers the tasks that `createThreads` sends to this thread. Bytes are handed over, not copied. */
export function answerTasks(handle: (task: never) => unknown): void {
  yieldToTheEventLoop();
  const port = parentPort;
  if (port === null) throw new Error('this file runs as a thread');
  const answer = async (task: unknown): Promise<ThreadAnswer<unknown>> => {
    try {
      return { value: ownBytes(await handle(task as never)) };
    } catch (error) {
      return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  port.on('message', (task: unknown) => {
    void answer(task).then((made) => port.postMessage(made, transfersOf(made)));
  });
}

/** A view into a shared pool cannot be handed over, and would take the whole pool along as a copy. */
function ownBytes(value: unknown): unknown {
  const isView = value instanceof Uint8Array && value.byteLength !== value.buffer.byteLength;
  return isView ? new Uint8Array(value) : value;
}

function transfersOf(answer: ThreadAnswer<unknown>): TransferListItem[] {
  return 'value' in answer && answer.value instanceof Uint8Array ? [answer.value.buffer as ArrayBuffer] : [];
}

/** Linux sets priorities by thread. Elsewhere the thread keeps the priority of its process. */
function yieldToTheEventLoop(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), niceness);
  } catch {
    // Not Linux, or not allowed: slower under load, nothing else.
  }
}
