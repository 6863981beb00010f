const workerUrl = '/door/worker.js';

/** `trustedTypes`: missing in some browsers and in TypeScript's own types. */
type Policies = {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
};

/** Lets the door open without a network. Where the browser has no workers, or keeps nothing, the door works as a page. */
export async function installWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const { trustedTypes } = globalThis as { trustedTypes?: Policies };
  // The page's policy allows this one name, and this one script.
  const policy = trustedTypes?.createPolicy('antre-worker', {
    createScriptURL: (url) => {
      if (url !== workerUrl) throw new TypeError('another script');
      return url;
    },
  });
  try {
    await navigator.serviceWorker.register(policy?.createScriptURL(workerUrl) ?? workerUrl, {
      scope: '/door',
      updateViaCache: 'none',
    });
    // Else a browser short of space may delete the scans that wait.
    await navigator.storage?.persist?.();
  } catch {
    // A private window, or a browser that was told to keep nothing.
  }
}
