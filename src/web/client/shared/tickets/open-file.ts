import { readFile } from '../calls/read-file.ts';
import { element } from '../dom.ts';

/** Long enough for the browser to have started using the file. */
const keptMs = 60_000;

/**
 * Opens a file that the browser cannot request by itself, because it needs a token.
 * @param name saves the file under this name; without it, the browser decides what to do with the file
 * @returns whether the file arrived in time
 */
export async function openFile(path: string, token: string, name?: string): Promise<boolean> {
  const file = await readFile(path, token);
  if (file === undefined) return false;
  offerFile(file, name);
  return true;
}

/** Opens a file that was read, or saves it under this name. */
export function offerFile(file: Blob, name?: string): void {
  const url = URL.createObjectURL(file);
  const link = element('a');
  link.href = url;
  if (name !== undefined) link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), keptMs);
}
