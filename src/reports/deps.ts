import type { Actors } from '../access/actors.ts';
import type { Config } from '../config.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database/db.ts';
import type { FileStorage } from '../platform/files/storage.ts';

/** Everything that the routes of this room need. */
export type ReportRoutesDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly actors: Actors;
  readonly fileStorage: FileStorage;
  readonly config: Pick<Config, 'HASH_SECRET' | 'PUBLIC_URL'>;
};
