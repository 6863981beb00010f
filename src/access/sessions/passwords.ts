import { randomBytes, timingSafeEqual } from 'node:crypto';
import { busyIfLate, createHelpers, helperFile } from '../../platform/resilience/helper-processes.ts';
import { createWorkGate } from '../../platform/resilience/work-gate.ts';
import type { KeyTask } from './password-helper.ts';

/**
 * Password hashes by scrypt, in the form `$scrypt$ln=15,r=8,p=3$<salt>$<key>`. The hash contains its cost, so that the
 * cost can rise later without locking anyone out. One hash takes some 200 ms of a core. In Node's own pool it would run
 * at the priority of the event loop and beside file, DNS and compression calls, and a rush of sign-ins would slow
 * everything down. Instead it runs in a helper process of low priority, one at a time because it takes 32 MiB, behind a
 * short queue.
 */
export type Passwords = {
  /** @throws DomainError service.busy when too many wait. */
  hash(password: string): Promise<string>;
  /**
   * Compares with a stored hash. Without one it takes the same time and returns false.
   * @throws DomainError service.busy when too many wait.
   */
  verify(password: string, stored: string | null): Promise<boolean>;
  close(): Promise<void>;
};

/** log2 of N, and r and p of scrypt; memory is 128 * N * r bytes: 32 MiB. */
export type ScryptCost = { readonly ln: number; readonly r: number; readonly p: number };

const costDefault: ScryptCost = { ln: 15, r: 8, p: 3 };
const atOnceMax = 1;
const waitingMax = 32;
const waitMs = 8000;
const retryAfterSeconds = 3;
const keyMsMax = 8000;
/** Every answer comes within this time. Callers must wait longer, or they would never learn that the service is busy. */
export const passwordMsMax = waitMs + keyMsMax;
const helperIdleMs = 30_000;
const helperHeapMiBMax = 16;
const saltBytes = 16;
const keyBytes = 32;
const memoryMax = 128 * 1024 * 1024;

export function createPasswords(cost: ScryptCost = costDefault): Passwords {
  const gate = createWorkGate({ work: 'password', atOnceMax, waitingMax, waitMs, retryAfterSeconds });
  const helpers = createHelpers<KeyTask, Uint8Array>({
    file: helperFile('./password-helper.ts', import.meta.url),
    taskMsMax: keyMsMax,
    idleMs: helperIdleMs,
    heapMiBMax: helperHeapMiBMax,
    // Staff must be able to sign in while a rush uses the whole processor.
    priority: 'low',
  });
  const derive = async (password: string, salt: Uint8Array, { ln, r, p }: ScryptCost): Promise<Uint8Array> => {
    const leave = await gate.enter();
    try {
      const options = { N: 2 ** ln, r, p, maxmem: memoryMax };
      return await helpers
        .run({ password: password.normalize('NFKC'), salt: new Uint8Array(salt), keyBytes, options })
        .catch(busyIfLate('password', retryAfterSeconds));
    } finally {
      leave();
    }
  };
  // No password matches it, because its key is random and not derived.
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
    close: () => helpers.close(),
  };
}

function format({ ln, r, p }: ScryptCost, salt: Uint8Array, key: Uint8Array): string {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
  return `$scrypt$ln=${ln},r=${r},p=${p}$${text(salt)}$${text(key)}`;
}

/** Bounds the cost, so that a manipulated row cannot use up the process's memory. */
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
