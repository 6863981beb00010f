import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { repositoryFolder } from '../../deploy/local/places.ts';
import { say } from '../bench/harness/stack.ts';
import type { DrillOptions } from './drill.ts';
import { type TimeLimits, argumentsOf } from './options.ts';

const script = resolve(repositoryFolder, 'loadtest/drills.ts');
/** An interrupted drill stops its servers and deletes their data. */
const clearUpMs = 60_000;
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a drill in a process of its own, so that one that hangs ends when its time is over and the next one finds a
 * clean machine. When this process is told to stop, the drill stops first.
 * @param before words before the command, of a program that replaces itself by it
 * @returns whether the drill ran to its end
 */
export async function runApart(
  name: string,
  options: DrillOptions,
  { minutes, before = [] }: TimeLimits & { readonly before?: readonly string[] },
): Promise<boolean> {
  const words = [...before, process.execPath, ...process.execArgv, script, name, ...argumentsOf(options), '--here'];
  const child = spawn(words[0] ?? '', words.slice(1), { stdio: 'inherit' });
  let told: NodeJS.Signals | undefined;
  const end = (signal: NodeJS.Signals) => {
    told ??= signal;
    child.kill(signal);
    setTimeout(() => child.kill('SIGKILL'), clearUpMs).unref();
  };
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    say(`${name} is not done after ${minutes} min; stopping it`);
    end('SIGTERM');
  }, minutes * 60_000);
  for (const signal of passedOn) process.on(signal, end);
  await once(child, 'exit');
  clearTimeout(timer);
  for (const signal of passedOn) process.off(signal, end);
  if (told !== undefined && !isOver) process.exit(130);
  return !isOver;
}
