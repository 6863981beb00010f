import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { LaunchProblem } from '../launch-problem.ts';

/** An unprivileged operating system account. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const candidates = ['postgres', 'nobody'];

/**
 * The account that servers run under. Postgres and PgBouncer refuse to run as root, so root runs them under another account.
 * For an ordinary user it is undefined: the servers run under the user's own.
 */
export function chooseAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of candidates) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    const account = { name, uid: Number(uid), gid: Number(gid) };
    if (account.uid > 0 && canRun('/bin/true', [], account)) return account;
  }
  throw new LaunchProblem(
    'You are root, and Postgres refuses to run as root; no account "postgres" or "nobody" can be used instead.\n' +
      'Run the same command as an ordinary user.',
  );
}

/** True when the account (or, without one, the current user) can enter the folder. */
export function canEnter(folder: string, account: Account | undefined): boolean {
  return canRun('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], account);
}

/** True if the account can run the command successfully. Meant for `--version` and the like. */
export function canRun(
  command: string,
  args: readonly string[],
  account: Account | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  const result = spawnSync(command, args, {
    cwd: '/',
    env: environment,
    stdio: 'ignore',
    timeout: 10_000,
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  return result.status === 0;
}
