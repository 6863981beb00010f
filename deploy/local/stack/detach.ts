import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../places.ts';
import type { Say } from '../progress.ts';

/** Set for the process in the background, so that it does not detach again. */
const marker = 'ANTRE_IN_BACKGROUND';

/** Messages from the process in the background to the one in the terminal: a line to show, or that it is ready. */
type Message = { readonly line: string } | { readonly ready: true };

/** True in the process that was started in the background. */
export const inBackground = process.env[marker] === '1';

/** The process in the background writes here what would appear in the terminal. */
const logFile = join(dataFolder, 'stack.log');

/**
 * Starts this script again as the leader of its own session, so that closing the terminal does not end
 * it, and shows its progress until it is ready. Resolves with the exit code for the terminal.
 */
export function startInBackground(script: string, args: readonly string[]): Promise<number> {
  mkdirSync(dataFolder, { recursive: true });
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(process.execPath, [...process.execArgv, script, ...args], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...process.env, [marker]: '1' },
  });
  closeSync(log);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('message', (message: Message) => {
      if ('line' in message) return console.log(message.line);
      child.disconnect();
      child.unref();
      resolve(0);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Writes a line to the log, and to the terminal that waits for a start in the background. */
export const sayThere: Say = (line) => {
  console.log(line);
  if (inBackground && process.connected) process.send?.({ line } satisfies Message);
};

/** Releases the terminal: from now on only `npm stop` ends this process. */
export function sayReady(): void {
  if (inBackground && process.connected) process.send?.({ ready: true } satisfies Message);
}
