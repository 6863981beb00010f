import { join } from 'node:path';
import { repositoryFolder } from '../places.ts';
import { acceptedAdvisories, advisoryFaults, askForAdvisories } from './advisories.ts';
import { licenceFaults } from './licences.ts';
import { lockFaults, readLockfile } from './lockfile.ts';

/** Part of `npm run check`: hashes of all packages, and licences and advisories of production packages. Exits with 1 on a fault. */

const lockfile = readLockfile(join(repositoryFolder, 'package-lock.json'));
const audit = await askForAdvisories(repositoryFolder);
const isKnown = audit.vulnerabilities !== undefined;
const today = new Date().toISOString().slice(0, 10);
const faults = [
  ...lockFaults(lockfile),
  ...licenceFaults(lockfile, repositoryFolder),
  ...(isKnown ? advisoryFaults(audit, acceptedAdvisories, today) : []),
];
if (!isKnown)
  console.log(`        advisories were not looked up, the registry has none: ${audit.message ?? 'no answer'}`);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
