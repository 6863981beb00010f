import { join } from 'node:path';
import { findNginx } from '../../../deploy/local/binaries/find-servers.ts';
import { chooseAccount } from '../../../deploy/local/host/account.ts';
import { openLedger } from '../../../deploy/local/host/ledger.ts';
import { freePort } from '../../../deploy/local/host/ports.ts';
import { reachableFolder } from '../../../deploy/local/host/reachable-folder.ts';
import { createSupervisor } from '../../../deploy/local/host/supervisor.ts';
import { dataFolder } from '../../../deploy/local/places.ts';
import { discardData } from '../../../deploy/local/services/discard-data.ts';
import { startNginx } from '../../../deploy/local/services/start-nginx.ts';

/** nginx with production's rules, in front of the server on `apiPort`. */
export type TestEdge = { readonly port: number; readonly url: string; close(): Promise<void> };

let edges = 0;

/** If this machine has no nginx and cannot download it, this fails with a sentence that says what to install. */
export async function startTestEdge(options: { apiPort: number; requestsPerSecond?: number }): Promise<TestEdge> {
  // Like the folder of the run's services, so that the remains of a killed run are ended and deleted by the next.
  edges += 1;
  const place = join(dataFolder, `test-${process.pid}${String(edges).padStart(3, '0')}`);
  const account = chooseAccount();
  const folder = reachableFolder(place, account);
  const ledger = openLedger(join(place, 'stack.json'));
  const supervisor = createSupervisor({ logFolder: join(place, 'logs'), ledger, restart: false, say: () => {} });
  const close = async () => {
    await supervisor.stopAll();
    ledger.close();
    await discardData(place);
  };
  try {
    const program = await findNginx(account, console.log);
    const port = await freePort();
    const { url } = await startNginx({ folder, account, supervisor }, program, { ...options, port, apiProcesses: 1 });
    return { port, url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
