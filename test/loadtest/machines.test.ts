import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { type ProcessIdentity, identify, isAlive } from '../../deploy/local/host/process-identity.ts';
import { endKilledDrills } from '../../loadtest/drills/world/end-killed-drills.ts';
import { inOwnNetwork, networkRefusal, openNetwork } from '../../loadtest/drills/world/network.ts';

/**
 * The basis of the drill `machines`. The drill itself waits for leases to end, which takes longer than a test may: it
 * runs at night.
 */

const run = promisify(execFile);
const parent = mkdtempSync(join(tmpdir(), 'drills-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** The only condition under which machines are not tried here. Vitest names and counts the test as skipped. */
const refusal = await networkRefusal();
const reason = refusal === undefined ? '' : ` (not here: ${refusal})`;

test.runIf(refusal === undefined)(
  `a machine whose cable is out answers nobody while the other does, answers again afterwards, and leaves the host's network alone${reason}`,
  async () => {
    const before = readFileSync('/proc/self/net/dev', 'utf8').match(/^ *[\w-]+(?=:)/gm);
    const [command, ...words] = [...inOwnNetwork, process.execPath, 'test/loadtest/support/try-network.ts'];
    const { stdout } = await run(command, words);
    expect(JSON.parse(stdout)).toEqual({ apart: { cut: false, other: true }, again: { cut: true, other: true } });
    expect(readFileSync('/proc/self/net/dev', 'utf8').match(/^ *[\w-]+(?=:)/gm)).toEqual(before);
  },
);

test.runIf(refusal === undefined)('a network is not set up where the host has its own', async () => {
  await expect(openNetwork()).rejects.toThrow('must be started in a network of its own');
});

test('what a killed drill has left running is ended by the next one, and a running drill is left alone', async () => {
  const dead = spawn('true');
  const gone = identify(dead.pid ?? 0) ?? { pid: dead.pid ?? 0, startedAt: '' };
  await once(dead, 'exit');
  const [left, kept] = [leave(1, gone), leave(2, identify(process.pid) ?? gone)];
  await endKilledDrills(parent);
  expect([isAlive(left.child), existsSync(left.folder)]).toEqual([false, false]);
  expect([isAlive(kept.child), existsSync(kept.folder)]).toEqual([true, true]);
  process.kill(kept.child.pid);
});

/** A drill's folder with a process that still runs. */
function leave(number: number, launcher: ProcessIdentity): { child: ProcessIdentity; folder: string } {
  const folder = join(parent, `drill-${launcher.pid}-${number}`);
  mkdirSync(folder);
  const { pid = 0 } = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  const child = identify(pid) ?? { pid, startedAt: '' };
  const children = [{ ...child, name: 'machine-api-1', command: 'sleep', stopSignal: 'SIGTERM' }];
  writeFileSync(join(folder, 'stack.json'), JSON.stringify({ launcher, children }));
  return { child, folder };
}
