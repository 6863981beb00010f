/** `trustedTypes`: missing in some browsers and in TypeScript's own types. */
type Policy = { createScriptURL(url: string): string };
type Policies = { createPolicy(name: string, rules: Policy): Policy };

export const workerUrl = '/door/worker.js';
let policy: Policy | undefined;

/** The address of a script that this page may run beside itself: its service worker, or its decoder. @throws TypeError for another one */
export function trustedScript(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: Policies };
  // The page's policy allows this one name, once.
  policy ??= trustedTypes?.createPolicy('antre-worker', {
    createScriptURL: (given) => {
      if (given !== workerUrl && given !== decoderUrl()) throw new TypeError('another script');
      return given;
    },
  });
  return policy?.createScriptURL(url) ?? url;
}

/** The decoder of this release. */
export function decoderUrl(): string {
  return document.getElementById('video')?.dataset['decoder'] ?? '';
}
