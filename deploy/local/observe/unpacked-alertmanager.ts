import { existsSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { FoundProgram } from '../binaries/find-system-program.ts';

/** Where Debian's Alertmanager looks for its templates. No setting changes it, and a package that is only unpacked has nothing there. */
const installedTemplates = '/usr/share/prometheus/alertmanager';
const localName = 'templates/';
/** A path of the same length below the working folder, so that it can take the other's place in the program. */
const localTemplates = localName.padStart(installedTemplates.length, './');

/**
 * Alertmanager of an installed package as it is; of an unpacked package a copy that looks for its templates in its working folder.
 * @param folder its working folder
 */
export function runnableAlertmanager(program: FoundProgram, folder: string): FoundProgram {
  if (existsSync(join(installedTemplates, 'default.tmpl'))) return program;
  const unpacked = resolve(dirname(program.command), '../share/prometheus/alertmanager');
  const command = `${program.command}-unpacked`;
  if (!existsSync(command)) {
    const partial = `${command}.${process.pid}`;
    writeFileSync(partial, withTemplatePath(readFileSync(program.command)), { mode: 0o755 });
    renameSync(partial, command);
  }
  const link = join(folder, localName.slice(0, -1));
  rmSync(link, { force: true });
  symlinkSync(unpacked, link);
  return { ...program, command };
}

function withTemplatePath(bytes: Buffer): Buffer {
  for (let at = bytes.indexOf(installedTemplates); at !== -1; at = bytes.indexOf(installedTemplates, at + 1)) {
    bytes.write(localTemplates, at, 'latin1');
  }
  return bytes;
}
