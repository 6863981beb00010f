import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LaunchProblem } from '../launch-problem.ts';
import { dataFolder, repositoryFolder } from '../places.ts';

const run = promisify(execFile);
const deadlineMs = 120_000;
const shownLines = 8;

/**
 * Runs one of the product's scripts to its end, and returns its last line. All output goes to its log.
 * @throws LaunchProblem with its last lines if it fails
 */
export async function runScript(
  name: string,
  script: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const logs = join(dataFolder, 'logs');
  mkdirSync(logs, { recursive: true });
  const log = join(logs, `${name}.log`);
  try {
    const { stdout, stderr } = await run(
      process.execPath,
      [...process.execArgv, join(repositoryFolder, script), ...args],
      {
        cwd: repositoryFolder,
        env: environment,
        timeout: deadlineMs,
        maxBuffer: 16 * 1024 * 1024,
      },
    );
    appendFileSync(log, stdout + stderr, { mode: 0o600 });
    return stdout.trim().split('\n').at(-1) ?? '';
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    appendFileSync(log, `${said}\n`, { mode: 0o600 });
    throw new LaunchProblem(`${name} failed (all of it in ${log}):\n${essence(said)}`, error);
  }
}

/** Node prints an uncaught error with source, message and stack. A newcomer needs the message. */
function essence(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !/^\s+at /.test(line));
  const message = lines.findIndex((line) => /^\w*(Error|Problem)\b.*: /.test(line));
  return lines.slice(Math.max(message, 0)).slice(0, shownLines).join('\n');
}
