import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lockfile, nameOf } from './lockfile.ts';

/** Licences that may be delivered with the product: permissive ones, by SPDX name. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'OFL-1.1',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** Packages with another licence, or none in their package.json, and why each is allowed. */
const exceptions: readonly { readonly name: RegExp; readonly licence: string; readonly reason: string }[] = [
  {
    name: /^@img\/sharp-/,
    licence: 'LGPL-3.0-or-later',
    reason: 'libvips is a shared library in a file of its own, which anybody may exchange',
  },
  { name: /^png-js$/, licence: 'none', reason: 'its LICENSE file has the MIT licence' },
];

/** Production packages whose licence is not on the list. A package for another platform is judged by the lockfile. */
export function licenceFaults(lockfile: Lockfile, repository: string): string[] {
  return Object.entries(lockfile).flatMap(([folder, { dev, license, version }]) => {
    if (dev === true) return [];
    const name = nameOf(folder);
    const licence = installedLicence(join(repository, folder)) ?? license ?? 'none';
    return isAllowed(name, licence)
      ? []
      : [`${name} ${version ?? ''}: licence ${licence} is not on the list; replace the package, or have it judged`];
  });
}

function installedLicence(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const { license } = JSON.parse(readFileSync(file, 'utf8')) as { license?: unknown };
  return typeof license === 'string' ? license : undefined;
}

/** Reads SPDX expressions without nesting: each part of AND must be allowed, one part of OR. */
export function isAllowed(name: string, licence: string): boolean {
  const isFine = (one: string) =>
    allowed.has(one) || exceptions.some((exception) => exception.name.test(name) && exception.licence === one);
  const expression = licence.replace(/^\((.*)\)$/, '$1');
  if (/[()]/.test(expression)) return false;
  return expression.split(' OR ').some((choice) => choice.split(' AND ').every(isFine));
}
