import { type ScryptOptions, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { GateFullError, createGate } from '../platform/gate.ts';
import { serviceOverloaded } from '../platform/errors.ts';

/**
 * Password hashes by scrypt, in the form `$scrypt$ln=15,r=8,p=3$<salt>$<key>`. The cost stands in the hash, so that it
 * can rise later without locking anyone out. One hash takes some 150 ms of a thread of the pool that file and DNS calls
 * share, so at most two run at once in a process, and the queue before them is short.
 */
export type Passwords = {
  /** @throws DomainError service.overloaded when too many wait. */
  hash(password: string): Promise<string>;
  /**
   * Compares with a stored hash, or with none: then it takes as long, and the answer is no.
   * @throws DomainError service.overloaded when too many wait.
   */
  verify(password: string, stored: string | null): Promise<boolean>;
};

/** log2 of N, and r and p of scrypt; memory is 128 * N * r bytes: 32 MiB. */
export type ScryptCost = { readonly ln: number; readonly r: number; readonly p: number };

const costDefault: ScryptCost = { ln: 15, r: 8, p: 3 };
const atOnceMax = 2;
const waitingMax = 64;
const waitMs = 8000;
const overloadedRetrySeconds = 3;
const saltBytes = 16;
const keyBytes = 32;
const memoryMax = 128 * 1024 * 1024;

export function createPasswords(cost: ScryptCost = costDefault): Passwords {
  const gate = createGate(atOnceMax, { waitingMax, waitMs });
  const derive = async (password: string, salt: Uint8Array, { ln, r, p }: ScryptCost): Promise<Buffer> => {
    const leave = await gate.enter().catch((error: unknown) => {
      throw error instanceof GateFullError ? serviceOverloaded(overloadedRetrySeconds) : error;
    });
    try {
      return await scryptAsync(password.normalize('NFKC'), salt, { N: 2 ** ln, r, p, maxmem: memoryMax });
    } finally {
      leave();
    }
  };
  // Nobody knows a password for it: the key is random, not derived.
  const nobody = format(cost, randomBytes(saltBytes), randomBytes(keyBytes));

  return {
    hash: async (password) => {
      const salt = randomBytes(saltBytes);
      return format(cost, salt, await derive(password, salt, cost));
    },
    verify: async (password, stored) => {
      const parts = parse(stored ?? nobody) ?? parse(nobody);
      if (parts === undefined) return false;
      const key = await derive(password, parts.salt, parts.cost);
      return timingSafeEqual(key, parts.key) && stored !== null;
    },
  };
}

function scryptAsync(password: string, salt: Uint8Array, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, keyBytes, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

function format({ ln, r, p }: ScryptCost, salt: Buffer, key: Buffer): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** Costs are bounded, so that a row that was tampered with cannot take the process's memory. */
function parse(stored: string): { cost: ScryptCost; salt: Buffer; key: Buffer } | undefined {
  const match = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]{22})\$([\w-]{43})$/.exec(stored);
  if (match === null) return undefined;
  const [ln, r, p] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (ln < 1 || r < 1 || p < 1 || 128 * 2 ** ln * r > memoryMax / 2) return undefined;
  return {
    cost: { ln, r, p },
    salt: Buffer.from(match[4] ?? '', 'base64url'),
    key: Buffer.from(match[5] ?? '', 'base64url'),
  };
}
