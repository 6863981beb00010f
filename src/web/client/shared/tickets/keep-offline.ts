import { languageQuery } from '../dom.ts';
import type { Copy } from './keep-copy.ts';

/** The name of the cache with the copy. */
const copyName = (id: string) => `antre-${id}`;

/** Whether this browser can keep a copy. Some cannot, and none can without TLS. */
function canKeep(): boolean {
  return 'serviceWorker' in navigator && 'caches' in window;
}

/**
 * Keeps this page, its data and the codes of its tickets in this browser, so that they open without network. Nothing of other orders is
 * read or kept. A failure costs only the copy. The code for it is loaded when the tickets are shown.
 * @returns whether all of it is kept
 */
export async function keepOffline(copy: Copy): Promise<boolean> {
  if (!canKeep()) return false;
  try {
    const { keepCopy } = await import('./keep-copy.ts');
    await keepCopy(copyName(copy.id), location.pathname + languageQuery(), copy);
    return true;
  } catch {
    return false;
  }
}

/** Removes the copy from this browser. Never fails: a browser that blocks storage has kept nothing. */
export async function forgetOffline(id: string): Promise<void> {
  try {
    if (canKeep()) await caches.delete(copyName(id));
  } catch {
    // Blocked.
  }
}
