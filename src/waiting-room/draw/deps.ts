import type { Db } from '../../platform/database/db.ts';
import type { Log } from '../../platform/log.ts';
import type { BeaconChain } from './beacon/beacon-chain.ts';
import type { Beacon } from './beacon/beacon.ts';
import type { DrawRules } from './order/draw-rules.ts';

/** The dependencies of committing to a draw, also in the API. */
export type CommitDeps = {
  readonly beaconChain: BeaconChain;
  readonly encryptionKey: string;
  readonly drawRules?: Partial<DrawRules> | undefined;
};

/** The dependencies of completing a draw, only in the worker. */
export type DrawDeps = CommitDeps & {
  readonly db: Db;
  readonly beacon: Beacon;
  readonly queueTokenSecret: string;
  readonly log: Log;
};
