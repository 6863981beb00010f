import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { findSystemProgram } from '../../deploy/local/binaries/find-system-program.ts';
import { repositoryFolder } from '../../deploy/local/places.ts';
import { say } from '../bench/harness/stack.ts';

/** Runs shellcheck over every script that a machine gets. @throws Error if it finds something */
export async function lintScripts(): Promise<void> {
  const { command, environment } = await findSystemProgram(
    { name: 'shellcheck', debianPackage: 'shellcheck', otherwise: 'read the scripts' },
    undefined,
    say,
  );
  const scripts = [
    'deploy/vps/{install,release,restart,rollback,certificate,command,console,heartbeat,*.sh}',
    'deploy/backup/{*-*,*.sh}',
  ];
  execFileSync(command, ['-x', ...globSync(scripts, { cwd: repositoryFolder })], {
    cwd: repositoryFolder,
    env: environment,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}
