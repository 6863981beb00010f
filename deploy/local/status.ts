import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLedger } from './host/ledger.ts';
import { isAlive } from './host/process-identity.ts';
import { askPrometheus } from './observe/ask-prometheus.ts';
import { dataFolder, environmentFile } from './places.ts';
import { takeNoArguments } from './no-arguments.ts';

/** `npm run status`: what runs from this folder, and whether it is ready. Needs no package. */

const readyDeadlineMs = 2000;
/** Exit code for a service that does not run, as in init scripts. */
const notRunning = 3;

async function main(): Promise<number> {
  const ledger = readLedger(join(dataFolder, 'stack.json'));
  const running = ledger !== undefined && isAlive(ledger.launcher);
  if (!running) {
    console.log('antre does not run from this folder; `npm start` starts it');
    return notRunning;
  }
  const parts = await Promise.all(
    ledger.children.map(
      async (child) => [child.name, String(child.pid), await stateOf(child.name, isAlive(child))] as const,
    ),
  );
  const rows = [['part', 'process', 'state'] as const, ...parts];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  for (const [name, pid, state] of rows) {
    console.log(`  ${name.padEnd(widths[0] ?? 0)}  ${pid.padStart(widths[1] ?? 0)}  ${state}`);
  }
  const { API_URL: api, PROMETHEUS_URL: prometheus } = addresses();
  if (prometheus !== undefined) console.log(`\n  ${await watchedBy(prometheus)}`);
  if (api !== undefined) console.log(`\n  ${api}, data in ${dataFolder}`);
  return parts.every(([, , state]) => state === 'ready' || state === 'runs') ? 0 : 1;
}

/** Our own processes are asked whether they are ready. Of the servers only their process is looked at. */
async function stateOf(name: string, alive: boolean): Promise<string> {
  if (!alive) return 'gone';
  const port = operationsPort(name);
  if (port === undefined) return 'runs';
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(readyDeadlineMs) });
    await answer.body?.cancel();
    return answer.ok ? 'ready' : `not ready (${answer.status})`;
  } catch {
    return 'does not answer';
  }
}

async function watchedBy(prometheus: string): Promise<string> {
  try {
    const { targets, down, rules, firing } = await askPrometheus(prometheus);
    const missing = down.length === 0 ? '' : ` (down: ${down.join(', ')})`;
    const alerts = firing.length === 0 ? 'none fires' : `firing: ${firing.join(', ')}`;
    return `Prometheus: ${targets - down.length} of ${targets} targets up${missing}, ${rules} alerts, ${alerts}`;
  } catch {
    return 'Prometheus does not answer';
  }
}

function operationsPort(name: string): number | undefined {
  const { OPERATIONS_PORT: first, WORKER_OPERATIONS_PORT: worker } = addresses();
  const api = /^api-(\d+)$/.exec(name)?.[1];
  if (api !== undefined && first !== undefined) return Number(first) + Number(api) - 1;
  return name === 'worker' && worker !== undefined ? Number(worker) : undefined;
}

function addresses(): Record<string, string> {
  try {
    return JSON.parse(readFileSync(environmentFile, 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}

takeNoArguments('status', 'Shows what runs from this folder, and whether it is ready.');
process.exitCode = await main();
