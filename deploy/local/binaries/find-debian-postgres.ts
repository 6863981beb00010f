import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Account, canRun } from '../host/account.ts';
import { reachableFolder } from '../host/reachable-folder.ts';
import { LaunchProblem } from '../launch-problem.ts';
import { programFolder } from '../places.ts';
import type { Say } from '../progress.ts';
import { fetchDebianPackage } from './fetch-debian-package.ts';
import type { PostgresPrograms } from './find-postgres.ts';
import { type FoundProgram, findSystemProgram, libraryPath } from './find-system-program.ts';

/**
 * Finds the Postgres of Debian's packages, or fetches it into the data folder. It is the one that `deploy/vps/install` installs, and the
 * newest that the pgBackRest of the same Debian can read.
 * @throws LaunchProblem with one line that says what to install
 */
export async function findDebianPostgres(account: Account | undefined, say: Say): Promise<PostgresPrograms> {
  const installed = newestIn('/', account);
  if (installed) return installed;
  const place = join(reachableFolder(programFolder, account), 'debian-postgres');
  const fetchedBefore = newestIn(place, account);
  if (fetchedBefore) return fetchedBefore;
  say(`          Debian's Postgres is not installed here; fetching it into ${place}`);
  const reason = await fetchDebianPackage('postgresql', place);
  const fetched = newestIn(place, account);
  if (fetched) return fetched;
  throw new LaunchProblem(
    `Debian's Postgres was not found, and could not be fetched (${reason ?? 'what was fetched does not run here'}).\n` +
      'Install it: apt-get install postgresql.',
  );
}

/** Finds or fetches pgBackRest. */
export function findPgBackRest(account: Account | undefined, say: Say): Promise<FoundProgram> {
  return findSystemProgram(
    {
      name: 'pgbackrest',
      debianPackage: 'pgbackrest',
      otherwise: 'leave out what needs a backup',
      versionArgument: 'version',
    },
    account,
    say,
  );
}

function newestIn(root: string, account: Account | undefined): PostgresPrograms | undefined {
  const folder = join(root, 'usr/lib/postgresql');
  const versions = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d+$/.test(name)) : [];
  const environment = root === '/' ? {} : { environment: { ...process.env, LD_LIBRARY_PATH: libraryPath(root) } };
  return versions
    .toSorted((one, other) => Number(other) - Number(one))
    .map((major) => ({
      initdb: join(folder, major, 'bin/initdb'),
      postgres: join(folder, major, 'bin/postgres'),
      major,
      ...environment,
    }))
    .find((found) => canRun(found.postgres, ['--version'], account, found.environment));
}
