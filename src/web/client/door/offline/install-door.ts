import { trustedScript, workerUrl } from './trusted-script.ts';

/** Installs the service worker, so that the door opens without a network. Browsers without support show the plain page. */
export async function installWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register(trustedScript(workerUrl), { scope: '/door', updateViaCache: 'none' });
    // Otherwise a browser short of space may delete waiting scans.
    await navigator.storage?.persist?.();
  } catch {
    // A private window, or storage is disabled.
  }
}
