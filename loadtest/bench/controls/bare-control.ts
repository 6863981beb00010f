import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Answer } from '../../generator/connection.ts';
import type { BenchStack } from '../harness/stack.ts';

/** A process that only sends these bytes, on the core that the API used. */
export async function startBareServer(
  stack: BenchStack,
  answer: Answer,
): Promise<{ readonly port: number; readonly pid: number; stop(): Promise<void> }> {
  const child = fork(new URL('bare-server.ts', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  stack.pinApi(child.pid ?? 0);
  child.send({ status: answer.status, headers: answer.headers, body: answer.body.toString('base64') });
  const [message] = (await once(child, 'message')) as [{ port: number }];
  return {
    port: message.port,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}
