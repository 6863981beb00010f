import { type FoundProgram, findSystemProgram } from '../binaries/find-system-program.ts';
import type { Account } from '../host/account.ts';
import type { Say } from '../progress.ts';

/** Program of each observer, which is also the name of its Debian package. */
const packages = {
  prometheus: 'prometheus',
  alertmanager: 'prometheus-alertmanager',
  node: 'prometheus-node-exporter',
  postgres: 'prometheus-postgres-exporter',
  redis: 'prometheus-redis-exporter',
  blackbox: 'prometheus-blackbox-exporter',
} as const;

/** The programs that watch the stack. */
export type ObserverPrograms = Readonly<Record<keyof typeof packages, FoundProgram>>;

/**
 * Finds or fetches every observer, one after another, since apt serves one at a time.
 * @throws LaunchProblem with what to install
 */
export async function findObservers(account: Account | undefined, say: Say): Promise<ObserverPrograms> {
  const found: [string, FoundProgram][] = [];
  for (const [part, name] of Object.entries(packages)) found.push([part, await findObserver(name, name, account, say)]);
  return Object.fromEntries(found) as ObserverPrograms;
}

/** Finds or fetches promtool, which checks rules and runs their tests. */
export function findPromtool(account: Account | undefined, say: Say): Promise<FoundProgram> {
  return findObserver('promtool', packages.prometheus, account, say);
}

/** Finds or fetches amtool, which checks the file of Alertmanager. */
export function findAmtool(account: Account | undefined, say: Say): Promise<FoundProgram> {
  return findObserver('amtool', packages.alertmanager, account, say);
}

function findObserver(
  name: string,
  debianPackage: string,
  account: Account | undefined,
  say: Say,
): Promise<FoundProgram> {
  // One static file each. What their packages depend on are fonts and scripts of old pages.
  return findSystemProgram(
    { name, debianPackage, otherwise: 'start without --observe', standalone: true },
    account,
    say,
  );
}
