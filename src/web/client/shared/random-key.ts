/** 128 random bits in hexadecimal digits. `randomUUID` is missing on pages without TLS, as on a local network. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
