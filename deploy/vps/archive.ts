import { execFileSync } from 'node:child_process';

/**
 * Packs a folder so that the same files give the same bytes for every packer, time and umask. Anybody can then compare a release with its
 * source.
 * @param seconds since 1970, the time that all files have in the archive
 */
export function archiveFolder(folder: string, archive: string, seconds: number): void {
  execFileSync('tar', [
    '--sort=name',
    `--mtime=@${seconds}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=u=rwX,go=rX',
    '--format=gnu',
    '--use-compress-program=gzip -n',
    '--create',
    '--file',
    archive,
    '--directory',
    folder,
    '.',
  ]);
}
