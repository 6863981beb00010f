import { element } from '../dom.ts';

/** Long enough for the browser to have started using the file. */
const keptMs = 60_000;

/**
 * Opens a file that the browser cannot request by itself, because it needs a token.
 * @param name saves the file under this name; without it, the browser decides what to do with the file
 * @returns whether the file arrived
 */
export async function openFile(path: string, token: string, name?: string): Promise<boolean> {
  try {
    const answer = await fetch(path, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) return false;
    const url = URL.createObjectURL(await answer.blob());
    const link = element('a');
    link.href = url;
    if (name !== undefined) link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), keptMs);
    return true;
  } catch {
    return false;
  }
}
