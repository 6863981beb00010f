import { mkdirSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { pruneCompileCache } from '../../deploy/local/compile-cache.ts';
import { logFile } from '../../deploy/local/host/child.ts';
import { openLedger } from '../../deploy/local/host/ledger.ts';
import { freePort } from '../../deploy/local/host/ports.ts';
import { createSupervisor } from '../../deploy/local/host/supervisor.ts';
import { dataFolder } from '../../deploy/local/places.ts';
import { silent } from '../../deploy/local/progress.ts';
import { apiProcesses, sandboxProcess, workerProcess } from '../../deploy/local/stack/processes.ts';
import { portsOf, readPlan } from '../../deploy/local/stack/plan.ts';

/** Guards `npm run dev`: a process runs its source, restarts when a file that it imports changes, and can be debugged. */
const devPlan = async () =>
  readPlan(['--dev'], {
    SANDBOX_PORT: String(await freePort()),
    SANDBOX_SMTP_PORT: String(await freePort()),
    INSPECTOR_PORT: String(await freePort()),
  });

it('restarts a process on change, and opens its inspector', async () => {
  const folder = join(dataFolder, `dev-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const plan = await devPlan();
  const ledger = openLedger(join(folder, 'stack.json'));
  const supervisor = createSupervisor({ logFolder: folder, ledger, restart: false, say: silent });
  onTestFinished(async () => {
    await supervisor.stopAll();
    rmSync(folder, { recursive: true });
  });
  const environment = { ...process.env, SANDBOX_LOG: join(folder, 'journal.jsonl') };
  const child = await supervisor.start(sandboxProcess(plan, environment));
  const starts = () => readFileSync(logFile(folder, 'sandbox'), 'utf8').match(/^Debugger listening/gm)?.length;
  const targets = async (): Promise<unknown> =>
    (await fetch(`http://127.0.0.1:${plan.ports.inspector + 1}/json/list`)).json();

  expect(starts()).toBe(1);
  expect(await targets()).toEqual([expect.objectContaining({ url: expect.stringMatching(/sandbox\/main\.ts$/) })]);

  const launched = child.pid();
  const now = new Date();
  utimesSync('sandbox/settings.ts', now, now);
  await expect.poll(starts, { timeout: 20_000 }).toBe(2);
  await expect.poll(() => targets().then(JSON.stringify, String), { timeout: 20_000 }).toMatch(/sandbox\/main\.ts/);
  expect(child.pid()).toBe(launched);
});

it('gives every process an inspector port of its own, and checks that the ports are free', async () => {
  const plan = { ...(await devPlan()), apiProcesses: 2 };
  const specs = [workerProcess(plan, {}), sandboxProcess(plan, {}), ...apiProcesses(plan, {})];
  const first = plan.ports.inspector;
  expect(specs.map(({ args }) => args.find((arg) => arg.startsWith('--inspect')))).toEqual(
    [0, 1, 2, 3].map((place) => `--inspect=127.0.0.1:${first + place}`),
  );
  expect(specs.map(({ args }) => args.at(-1))).toEqual([
    'workers/main.ts',
    'sandbox/main.ts',
    'src/main.ts',
    'src/main.ts',
  ]);
  const wanted = portsOf(plan).filter(({ variable }) => variable === 'INSPECTOR_PORT');
  expect(wanted.map(({ port }) => port)).toEqual([first, first + 1, first + 2, first + 3]);
});

it('control: without --dev nothing is watched and no inspector is open', () => {
  const plan = readPlan([], {});
  const specs = [workerProcess(plan, {}), sandboxProcess(plan, {}), ...apiProcesses(plan, {})];
  expect(specs.flatMap(({ args }) => args).filter((arg) => /^--(watch|inspect)/.test(arg))).toEqual([]);
  expect(portsOf(plan).some(({ variable }) => variable === 'INSPECTOR_PORT')).toBe(false);
});

it('deletes old entries of the compile cache, and keeps the others', () => {
  const folder = join(dataFolder, `compile-cache-${process.pid}`);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'v24'), { recursive: true });
  const days = (count: number) => new Date(Date.now() - count * 24 * 3_600_000);
  for (const [name, age] of [
    ['old', 8],
    ['new', 6],
  ] as const) {
    writeFileSync(join(folder, 'v24', name), '');
    utimesSync(join(folder, 'v24', name), days(age), days(age));
  }
  pruneCompileCache(folder);
  expect(readdirSync(join(folder, 'v24'))).toEqual(['new']);
});
