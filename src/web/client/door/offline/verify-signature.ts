import { hexToBytes } from '@noble/hashes/utils.js';
import type { VerifySignature } from './verify-by-library.ts';

/**
 * Verifies with the browser's own Ed25519. The library is slower by far, and is loaded only where the browser has none: on phones older than
 * Chrome 137, Safari 17 and Firefox 129, and on pages without TLS.
 */
export const verifySignature: VerifySignature = async (signed, publicKey) => {
  try {
    return await verifyByBrowser(signed, publicKey);
  } catch {
    const { verifyByLibrary } = await import('./verify-by-library.ts');
    return verifyByLibrary(signed, publicKey);
  }
};

/** @throws if the browser has no Ed25519 */
const verifyByBrowser: VerifySignature = async ({ signature, message }, publicKey) => {
  const { subtle } = crypto;
  const key = await subtle.importKey('raw', new Uint8Array(hexToBytes(publicKey)), 'Ed25519', false, ['verify']);
  return subtle.verify('Ed25519', key, new Uint8Array(signature), new Uint8Array(message));
};
