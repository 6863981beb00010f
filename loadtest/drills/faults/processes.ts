import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { signalIfAlive } from '../../../deploy/local/host/process-identity.ts';
import type { Supervised } from '../../../deploy/local/host/supervisor.ts';
import { familyOf } from '../../bench/harness/pinning.ts';
import type { Scene } from '../sale/sale-drill.ts';
import type { DrillWorld } from '../world/world.ts';

/** The parts of the product that run as processes of their own. */
export type Part = 'api' | 'worker' | 'pgbouncer' | 'postgres' | 'redis-cache' | 'redis-queue';

const endsWithinMs = 10_000;

export function processOf({ apis, workers, services }: DrillWorld, part: Part): Supervised {
  const found = part === 'api' ? apis[0] : part === 'worker' ? workers[0] : services.children.get(part);
  if (found === undefined) throw new Error(`${part} does not run`);
  return found;
}

/**
 * Kills a part and all its processes without warning, leaves it dead for some milliseconds, and starts it again.
 * @param whileDead called before that
 */
export async function killAndStart(
  { world, strikes }: Scene,
  part: Part,
  deadForMs = 0,
  whileDead: () => void = () => {},
): Promise<void> {
  const child = processOf(world, part);
  const before = child.pid();
  const atMs = Date.now();
  for (const pid of familyOf(before)) signalIfAlive(pid, 'SIGKILL');
  const deadline = performance.now() + endsWithinMs;
  while (child.pid() !== 0 && performance.now() < deadline) await pause(10);
  await pause(deadForMs);
  whileDead();
  await child.start();
  if (child.pid() !== before && child.pid() !== 0) strikes.note(`${part} killed, and started as another process`, atMs);
}

/** A program whose processes are all stopped: its connections stay open, and none of its own timeouts run. */
export type Stopped = {
  /** A signal takes a moment to arrive, longer on a busy machine. */
  isStopped(): boolean;
  goOn(): void;
};

export function stop(child: Supervised): Stopped {
  const family = familyOf(child.pid());
  for (const pid of family) signalIfAlive(pid, 'SIGSTOP');
  return {
    isStopped: () => family.some(isStopped),
    goOn: () => {
      for (const pid of family) signalIfAlive(pid, 'SIGCONT');
    },
  };
}

/** Stops a part with all its processes for some milliseconds. */
export async function freeze({ world, strikes }: Scene, part: Part, milliseconds: number): Promise<void> {
  const atMs = Date.now();
  const stopped = stop(processOf(world, part));
  await pause(milliseconds);
  const hasStopped = stopped.isStopped();
  stopped.goOn();
  if (hasStopped) strikes.note(`${part} stood still`, atMs);
}

/** Whether the process is stopped by a signal. */
export function isStopped(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
  } catch {
    return false;
  }
}
