import { trustedScript, workerUrl } from './trusted-script.ts';

/** Lets the door open without a network. Where the browser has no workers, or keeps nothing, the door works as a page. */
export async function installWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register(trustedScript(workerUrl), { scope: '/door', updateViaCache: 'none' });
    // Else a browser short of space may delete the scans that wait.
    await navigator.storage?.persist?.();
  } catch {
    // A private window, or a browser that was told to keep nothing.
  }
}
