import { totalmem } from 'node:os';

/** A database server of production has a fifth to a quarter. Here the load and all other servers share the machine. */
const memoryShare = 1 / 8;
const megabytes = { min: 128, max: 2048 } as const;

/**
 * Settings for a Postgres whose figures are compared with production's (`deploy/postgres/postgresql.conf`), as `name=value`. Other local
 * ones have 128 MB for pages, which a table of a million rows does not fit in.
 */
export function productionSettings(memoryBytes = totalmem()): string[] {
  const wanted = Math.floor((memoryBytes * memoryShare) / 2 ** 20);
  return [`shared_buffers=${Math.min(megabytes.max, Math.max(megabytes.min, wanted))}MB`];
}
