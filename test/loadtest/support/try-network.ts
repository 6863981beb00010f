import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger } from '../../../deploy/local/host/ledger.ts';
import { createSupervisor } from '../../../deploy/local/host/supervisor.ts';
import { openNetwork } from '../../../loadtest/drills/world/network.ts';

/**
 * Two machines with a server each, of which one is cut off and joined again. Writes as JSON which of them answered each time. Started
 * in a network namespace of its own.
 */
const port = 9100;
const answersWithinMs = 500;
const joinsWithinMs = 10_000;
const server = `require('node:http').createServer((_, answer) => answer.end('here')).listen(${port}, process.env.ADDRESS)`;

const folder = mkdtempSync(join(tmpdir(), 'network-'));
const supervisor = createSupervisor({
  logFolder: folder,
  ledger: openLedger(join(folder, 'stack.json')),
  restart: false,
  say: () => {},
});
const network = await openNetwork();
const [cut, other] = [await network.addMachine('api-1', supervisor), await network.addMachine('api-2', supervisor)];

async function answers({ address }: { readonly address: string }, withinMs = answersWithinMs): Promise<boolean> {
  const giveUpAt = performance.now() + withinMs;
  do {
    const signal = AbortSignal.timeout(answersWithinMs);
    const heard = await fetch(`http://${address}:${port}`, { signal }).then(
      () => true,
      () => false,
    );
    if (heard) return true;
  } while (performance.now() < giveUpAt);
  return false;
}

for (const machine of [cut, other])
  await supervisor.start({
    name: `server-${machine.name}`,
    network: machine.holder.pid(),
    command: process.execPath,
    args: ['-e', server],
    environment: { ...process.env, ADDRESS: machine.address },
    folder,
    stopSteps: [['SIGTERM', 1000]],
    readyDeadlineMs: 10_000,
    isReady: () => answers(machine),
  });
await cut.cutOff();
const apart = { cut: await answers(cut), other: await answers(other) };
await cut.join();
const again = { cut: await answers(cut, joinsWithinMs), other: await answers(other) };
await supervisor.stopAll();
await network.close();
rmSync(folder, { recursive: true, force: true });
process.stdout.write(JSON.stringify({ apart, again }));
