import { findNginx } from '../../../deploy/local/binaries/find-servers.ts';
import { chooseAccount } from '../../../deploy/local/host/account.ts';
import { freePort } from '../../../deploy/local/host/ports.ts';
import { reachableFolder } from '../../../deploy/local/host/reachable-folder.ts';
import { LaunchProblem } from '../../../deploy/local/launch-problem.ts';
import { startNginx } from '../../../deploy/local/services/start-nginx.ts';
import { familyOf } from '../harness/pinning.ts';
import { type BenchStack, say } from '../harness/stack.ts';

/** nginx with production's rules in front of the API. */
export type BenchEdge = { readonly port: number; readonly pids: readonly number[]; stop(): Promise<void> };

/** Used if the whole load comes from one network. */
const openedLimit = 1_000_000;

/**
 * Starts nginx on the API's core. Returns a sentence if there is no nginx and none can be downloaded.
 * @param requestsPerSecond of one network
 */
export async function startEdge(
  stack: BenchStack,
  apiPort: number,
  requestsPerSecond = openedLimit,
): Promise<BenchEdge | string> {
  const account = chooseAccount();
  try {
    const program = await findNginx(account, say);
    const port = await freePort();
    const { child } = await startNginx(
      { folder: reachableFolder(stack.folder, account), account, supervisor: stack.services.supervisor },
      program,
      { port, apiPort, apiProcesses: 1, requestsPerSecond },
    );
    for (const pid of familyOf(child.pid())) stack.pinApi(pid);
    return { port, pids: [child.pid()], stop: () => child.stop() };
  } catch (error) {
    if (error instanceof LaunchProblem) return `left out: ${error.message}`;
    throw error;
  }
}
