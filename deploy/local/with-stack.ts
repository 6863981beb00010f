import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { asksForHelp } from './no-arguments.ts';
import { environmentFile } from './places.ts';

/** Runs a script with the environment of the running stack: `node deploy/local/bootstrap.mjs deploy/local/with-stack.ts <script> [arguments]`. */
function main(): void {
  const [script, ...args] = process.argv.slice(2);
  if (script === undefined) return fail('usage: with-stack.ts <script> [arguments]');
  const stack = asksForHelp(args) ? {} : read();
  if (stack === undefined)
    return fail('antre does not run from this folder. Start it with `npm start` in another terminal first.');
  const running = spawn(process.execPath, [...process.execArgv, script, ...args], {
    stdio: 'inherit',
    env: { ...stack, ...process.env },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => running.kill(signal));
  running.once('exit', (code) => (process.exitCode = code ?? 1));
}

function read(): Record<string, string> | undefined {
  try {
    return JSON.parse(readFileSync(environmentFile, 'utf8')) as Record<string, string>;
  } catch {
    return undefined;
  }
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

main();
