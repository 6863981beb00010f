import { randomBytes, scryptSync } from 'node:crypto';

/** 2^4: a test's password protects nothing. */
const ln = 4;
const r = 8;
const p = 1;

/**
 * A stored hash of a test's password. It is made in this process: the service hashes in a helper of low priority and with a deadline, which
 * a machine that is busy with other tests does not keep. Its low cost also makes each sign-in of a test short.
 */
export function hashTestPassword(password: string): string {
  const salt = randomBytes(16);
  const key = scryptSync(password.normalize('NFKC'), salt, 32, { N: 2 ** ln, r, p });
  return `$scrypt$ln=${ln},r=${r},p=${p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}
