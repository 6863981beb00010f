import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The executable files of this name in the folders of the PATH, in their order.
 * @param moreFolders are looked at last
 */
export function onPath(name: string, moreFolders: readonly string[] = []): string[] {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...moreFolders];
  // A relative folder would depend on where the command was started.
  return [...new Set(folders)]
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .filter(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
