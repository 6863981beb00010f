import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apt, intoPlace, ownLists, unpack } from './fetch-debian-package.ts';

/** Libraries of a newer Debian need its C library, and that needs its own loader, so both come along. */
const libraryPackage = /^(lib|zlib)/;
const loaders: Readonly<Record<string, string>> = { x64: 'ld-linux-x86-64.so.2', arm64: 'ld-linux-aarch64.so.1' };

/**
 * Downloads a program of another release of Debian with every library that it needs, and unpacks them below `place`, where
 * `usr/bin/<name>` starts it. Nothing is installed. The folder appears complete or not at all.
 * @param release as Debian calls it: `trixie`
 * @returns undefined, or in a few words why it failed: also if this system's mirrors are not Debian's
 */
export function fetchFromRelease(name: string, place: string, release: string): Promise<string | undefined> {
  return intoPlace(place, async (partial, { archives, lists }) => {
    const root = join(partial, 'root');
    for (const folder of [root, join(partial, 'usr/bin')]) mkdirSync(folder, { recursive: true, mode: 0o755 });
    const options = await listsOf(release, lists);
    const { stdout } = await apt([...options, '-s', '--no-install-recommends', 'install', name]);
    const needed = [...stdout.matchAll(/^Inst (\S+) \(/gm)].map((match) => match[1] ?? '');
    const libraries = needed.filter((one) => libraryPackage.test(one));
    await apt([...options, 'download', name, ...libraries], archives);
    await unpack(archives, root);
    writeStarter(name, partial);
  });
}

/** apt's options for lists of the release alone, from the mirror that this Debian uses, as if nothing were installed. */
async function listsOf(release: string, folder: string): Promise<readonly string[]> {
  const { stdout } = await apt([
    'indextargets',
    '--format',
    '$(ORIGIN) $(SITE)',
    'Identifier: Packages',
    'Component: main',
  ]);
  const mirror = /^Debian (\S+\/debian)\/?$/m.exec(stdout)?.[1];
  if (mirror === undefined) throw new Error('no mirror of Debian is configured here');
  const [sources, status] = [join(folder, 'sources.list'), join(folder, 'status')];
  writeFileSync(sources, `deb ${mirror} ${release} main\n`);
  writeFileSync(status, '');
  const only = { 'Dir::Etc::sourcelist': sources, 'Dir::Etc::sourceparts': '/dev/null' };
  return ownLists(join(folder, 'lists'), status, only);
}

/**
 * A script, because the program must be started by the loader of its own release. The script's path stays in the command
 * line, by which a later run recognises the process.
 */
function writeStarter(name: string, folder: string): void {
  const loader = loaders[process.arch];
  const libraries = readdirSync(join(folder, 'root/usr/lib')).find((one) => one.includes('-linux-'));
  const program = ['usr/bin', 'usr/sbin']
    .map((place) => `${place}/${name}`)
    .find((path) => existsSync(join(folder, 'root', path)));
  if (loader === undefined || libraries === undefined || program === undefined)
    throw new Error('the packages lack a part');
  const starter = join(folder, 'usr/bin', name);
  writeFileSync(
    starter,
    `#!/bin/sh
root=$(dirname "$(readlink -f "$0")")/../../root
exec "$root/usr/lib/${libraries}/${loader}" --argv0 "$0" --library-path "$root/usr/lib/${libraries}" "$root/${program}" "$@"
`,
  );
  chmodSync(starter, 0o755);
}
