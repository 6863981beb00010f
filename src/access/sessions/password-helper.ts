import { type ScryptOptions, scryptSync } from 'node:crypto';
import { answerTasks } from '../../platform/resilience/helper-side.ts';

/** One key derivation by scrypt. */
export type KeyTask = {
  readonly password: string;
  readonly salt: Uint8Array;
  readonly keyBytes: number;
  readonly options: ScryptOptions;
};

/** The helper process that derives keys. It stores none of them. */
answerTasks(({ password, salt, keyBytes, options }: KeyTask) => scryptSync(password, salt, keyBytes, options));
