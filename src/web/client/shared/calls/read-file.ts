import { endsAfter, fileMsMax } from './waiting.ts';

/**
 * A file that the browser cannot request by itself, because it needs a token.
 * @returns undefined if it was refused or did not arrive in time
 */
export async function readFile(path: string, token: string): Promise<Blob | undefined> {
  try {
    const answer = await fetch(path, {
      headers: { authorization: `Bearer ${token}` },
      signal: endsAfter(fileMsMax),
    });
    return answer.ok ? await answer.blob() : undefined;
  } catch {
    return undefined;
  }
}
