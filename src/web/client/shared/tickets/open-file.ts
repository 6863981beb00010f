import { readFile } from '../calls/read-file.ts';
import { offerFile } from '../dom.ts';

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
