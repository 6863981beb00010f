import type { Config } from '../config.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database/db.ts';
import type { Actors } from './actors.ts';
import type { Passwords } from './sessions/passwords.ts';
import type { FindNames } from './ports.ts';
import type { TryLimiter } from './sessions/try-limiter.ts';

/** The dependencies of this room's routes. */
export type AccessDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly config: Pick<Config, 'JWT_SECRET' | 'HASH_SECRET' | 'ENCRYPTION_KEY' | 'SELF_SIGN_UP'>;
  readonly passwords: Passwords;
  readonly actors: Actors;
  readonly signInLimiter: TryLimiter;
  readonly passwordResetLimiter: TryLimiter;
  readonly findNames: FindNames;
};
