import type { Config } from '../src/config.ts';
import { notifyMember } from '../src/notifications/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import type { Db } from '../src/platform/database/db.ts';
import { createReplica, readFromPrimary } from '../src/platform/database/replica.ts';
import { createFileStorage } from '../src/platform/files/create-storage.ts';
import type { Log } from '../src/platform/log.ts';
import type { Closers } from '../src/platform/resilience/shutdown.ts';
import { type NotifyRequester, createReportMailOf } from '../src/reports/index.ts';

/** A process makes one report at a time, page by page. */
const poolSize = 1;
/** A page takes milliseconds; a filter that matches little makes it longer. */
const callTimeoutMs = 20_000;

/**
 * The dependencies of reports: rows from the replica if there is one, a storage for files, and the mail to the member who waits.
 */
export function composeReports(deps: {
  readonly config: Config;
  readonly log: Log;
  readonly closers: Closers;
  readonly pool: (name: string, poolSize: number, callTimeoutMs: number, url?: string) => Db;
  readonly db: Db;
}) {
  const { config, log, closers, pool, db } = deps;
  const mailing = { clock: systemClock, config };
  const notifyRequester: NotifyRequester = (tx, template, { id, organizerId, memberId }) =>
    notifyMember(mailing, tx, { template, subjectId: id, organizerId, memberId });
  return {
    reportSource: reportSource(),
    fileStorage: createFileStorage(config),
    reportMailOf: createReportMailOf(mailing),
    notifyRequester,
  };

  function reportSource() {
    const primary = pool('reports', poolSize, callTimeoutMs);
    const url = config.DATABASE_REPLICA_URL;
    if (url === undefined) return readFromPrimary(primary);
    const replica = createReplica({
      replica: pool('replica', poolSize, callTimeoutMs, url),
      primary,
      fallback: primary,
      watch: db,
      lagMaxMs: config.DATABASE_REPLICA_LAG_MAX_MS,
      log,
    });
    closers.add('replica', () => replica.close());
    return replica;
  }
}
