import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes a release from another one, with some of its files replaced. @param folder of the releases */
export function changedRelease(
  folder: string,
  change: { readonly from: string; readonly to: string; readonly files: Readonly<Record<string, string>> },
): void {
  const place = mkdtempSync(join(folder, 'changed-'));
  const archive = (version: string) => join(folder, `antre-${version}.tar.gz`);
  try {
    execFileSync('tar', ['--extract', '--gzip', '--file', archive(change.from), '--directory', place]);
    writeFileSync(join(place, 'VERSION'), `${change.to}\n`);
    for (const [file, text] of Object.entries(change.files)) writeFileSync(join(place, file), text);
    execFileSync('tar', [
      '--create',
      '--use-compress-program=gzip -1',
      '--file',
      archive(change.to),
      '--directory',
      place,
      '.',
    ]);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
