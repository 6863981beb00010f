import { readFileSync } from 'node:fs';

export type LockedPackage = {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
};

/** The packages of a lockfile by their folder, such as `node_modules/zod`; the repository itself is left out. */
export type Lockfile = Readonly<Record<string, LockedPackage>>;

export function readLockfile(file: string): Lockfile {
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Lockfile };
  return Object.fromEntries(Object.entries(packages).filter(([folder]) => folder !== ''));
}

export const nameOf = (folder: string): string => folder.slice(folder.lastIndexOf('node_modules/') + 13);

/** Packages that could be another thing at the next install: without a hash, or from elsewhere than a registry. */
export function lockFaults(lockfile: Lockfile): string[] {
  return Object.entries(lockfile).flatMap(([folder, { integrity = '', resolved = '', link, version }]) => {
    const name = `${nameOf(folder)} ${version ?? ''}`.trimEnd();
    if (link === true || /^(?:git|file|http:)/.test(resolved)) return [`${name}: does not come from a registry`];
    return integrity.startsWith('sha512-')
      ? []
      : [`${name}: the lockfile has no sha512 hash; remove its entry and run npm install --package-lock-only`];
  });
}
