import { byId, show } from '../../shared/dom.ts';
import { trustedScript, workerUrl } from './trusted-script.ts';

/** What makes the door an app on a phone: its service worker, the offer to install it, and storage that the browser keeps. */

/** `beforeinstallprompt` and `standalone` are missing from some browsers and from TypeScript's DOM types. */
type InstallOffer = Event & { prompt(): Promise<unknown> };

/** Installs the service worker, and offers to install the page where the browser allows it. */
export function installDoor(): void {
  void installWorker();
  let offer: InstallOffer | undefined;
  const keep = (given: InstallOffer | undefined): void => {
    offer = given;
    show('install', given !== undefined);
  };
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    keep(event as InstallOffer);
  });
  window.addEventListener('appinstalled', () => keep(undefined));
  byId('install').addEventListener('click', () => {
    void offer?.prompt().catch(() => undefined);
    // It can be used once.
    keep(undefined);
  });
  // Browsers of iPhones make no offer. Only they have this property, which is true in the installed app.
  show('install-by-hand', (navigator as { standalone?: boolean }).standalone === false);
}

/** Browsers without support show the plain page. */
async function installWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register(trustedScript(workerUrl), { scope: '/door', updateViaCache: 'none' });
  } catch {
    // A private window, or storage is disabled.
  }
}

/**
 * Asks the browser not to delete the list and the unsent scans when the phone is short of space, and warns if it refuses. Browsers agree
 * to pages that are installed or in regular use, so they are asked whenever scanning starts.
 */
export async function askToKeepStorage(): Promise<void> {
  const isKept = await navigator.storage?.persist?.().catch(() => undefined);
  show('storage-risk', isKept === false);
}
