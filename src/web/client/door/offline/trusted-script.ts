/** `trustedTypes` is missing from some browsers and from TypeScript's DOM types. */
type Policy = { createScriptURL(url: string): string };
type Policies = { createPolicy(name: string, rules: Policy): Policy };

export const workerUrl = '/door/worker.js';
let policy: Policy | undefined;

/** Marks the URL of the service worker or the decoder as trusted. @throws TypeError for any other script */
export function trustedScript(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: Policies };
  // The page's CSP allows one policy with this name.
  policy ??= trustedTypes?.createPolicy('antre-worker', {
    createScriptURL: (given) => {
      if (given !== workerUrl && given !== decoderUrl()) throw new TypeError('another script');
      return given;
    },
  });
  return policy?.createScriptURL(url) ?? url;
}

/** The URL of this release's decoder. */
export function decoderUrl(): string {
  return document.getElementById('video')?.dataset['decoder'] ?? '';
}
