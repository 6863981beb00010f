import { signalIfAlive } from '../../../deploy/local/host/process-identity.ts';
import type { Drill } from '../drill.ts';
import { familyOf } from '../../bench/harness/pinning.ts';
import { type Scene, saleDrill } from '../sale/sale-drill.ts';
import { selling, shortSale, unknownOutcomeSeconds } from '../sale/selling.ts';
import { processOf } from './processes.ts';

/** How long the primary continues alone. Without synchronous commit it acknowledges orders that nobody else has. */
const aloneForMs = 3000;

/** Cuts the primary off from its standby, kills it soon after, and makes the standby the primary. */
async function losePrimary({ world, strikes, wait, seconds }: Scene): Promise<void> {
  const lost = 'primary killed for good, and its standby promoted';
  const behind = 'bytes of log that only the primary had';
  for (const what of [lost, behind]) strikes.expect(what);
  await wait(seconds * 400);
  const atMs = Date.now();
  world.standby?.cutOff();
  await wait(aloneForMs);
  strikes.count(behind, (await world.standby?.bytesBehind()) ?? 0);
  for (const pid of familyOf(processOf(world, 'postgres').pid())) signalIfAlive(pid, 'SIGKILL');
  if (world.standby === undefined) throw new Error('there is no standby');
  await world.movePrimary(await world.standby.promote());
  strikes.note(lost, atMs);
}

export const failoverDrills: Readonly<Record<string, Drill>> = {
  'primary-lost': saleDrill({
    ...selling,
    ...shortSale,
    fault: `Postgres with a synchronous standby: the line between them is cut, ${aloneForMs / 1000} s later the primary is killed for good, and the standby takes its place`,
    proof: 'The primary had log on its disk that the standby never got.',
    stallMaxSeconds: unknownOutcomeSeconds,
    world: { standby: true },
    strike: losePrimary,
    mutant: {
      without: 'a commit is on the disk of the standby, too, before it is answered (synchronous_commit)',
      edits: [],
      statements: ['alter role antre_app set synchronous_commit = local'],
    },
  }),
};
