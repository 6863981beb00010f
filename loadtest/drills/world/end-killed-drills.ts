import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readLedger } from '../../../deploy/local/host/ledger.ts';
import { identify, isAlive } from '../../../deploy/local/host/process-identity.ts';
import { dataFolder } from '../../../deploy/local/places.ts';
import { discardData } from '../../../deploy/local/services/discard-data.ts';

/**
 * Ends processes left over by killed drills, and deletes their data and bundles. Namespaces end with their processes.
 */
export async function endKilledDrills(parent = dataFolder): Promise<void> {
  for (const { path } of drillsIn(parent)) {
    const ledger = readLedger(join(path, 'stack.json'));
    if (ledger !== undefined && !isAlive(ledger.launcher)) await discardData(path);
  }
  for (const { path, pid } of drillsIn(join(parent, 'build')))
    if (identify(pid) === undefined) rmSync(path, { recursive: true, force: true });
}

function drillsIn(folder: string): readonly { readonly path: string; readonly pid: number }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const pid = /^drill-(\d+)-\d+$/.exec(name)?.[1];
    return pid === undefined ? [] : [{ path: join(folder, name), pid: Number(pid) }];
  });
}
