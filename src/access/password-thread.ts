import { type ScryptOptions, scryptSync } from 'node:crypto';
import { answerTasks } from '../platform/thread-side.ts';

/** One derivation of a key by scrypt. */
export type KeyTask = {
  readonly password: string;
  readonly salt: Uint8Array;
  readonly keyBytes: number;
  readonly options: ScryptOptions;
};

/** The thread that derives keys. It keeps nothing of them. */
answerTasks(({ password, salt, keyBytes, options }: KeyTask) => scryptSync(password, salt, keyBytes, options));
