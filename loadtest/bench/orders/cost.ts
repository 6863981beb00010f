import { closedLoop } from '../../generator/closed-loop.ts';
import type { Answer } from '../../generator/connection.ts';
import { openLoop } from '../../generator/open-loop.ts';
import { auditFaults } from '../harness/audit.ts';
import { watched } from '../harness/measure.ts';
import { type BenchOptions, warmupSeconds } from '../harness/options.ts';
import { fixedControl, hotCategory } from '../load/order-load.ts';
import { type BenchReport, type Measurement, measurementOf } from '../harness/report.ts';
import { costliestStatements, forgetStatements, serverSettings } from '../harness/server-figures.ts';
import { perItem, readSpent } from '../fill/spent.ts';
import { type BenchStack, partsOf, say, startBenchStack } from '../harness/stack.ts';

const connections = 128;
const quietPerSecond = 500;
const statementsShown = 8;

/** The cost of one order: at the full rate, at a low rate, and with a transaction per order. */
export async function benchCost(options: BenchOptions): Promise<BenchReport> {
  const stack = await startBenchStack('cost', options);
  const faults: string[] = [];
  try {
    const full = await costOf(stack, options, faults, { name: 'at full rate' });
    const quiet = await costOf(stack, options, faults, {
      name: `at ${quietPerSecond} orders/s`,
      offeredPerSecond: quietPerSecond,
    });
    const control = await costOf(stack, options, faults, {
      name: '  control: one transaction per order',
      isControl: true,
    });
    const all = [full, quiet, control];
    return {
      measurements: all.map(({ measurement }) => measurement),
      faults: [...faults, ...(await auditFaults(stack))],
      facts: {
        pinned: stack.pinned,
        'per order': costTable(all),
        'costliest statements at full rate': full.statements,
        settings: await serverSettings(stack),
      },
    };
  } finally {
    await stack.close();
  }
}

type Cost = {
  readonly measurement: Measurement;
  readonly perOrder: Record<string, number>;
  readonly statements: string[];
};

/** One row per resource, one column per way. */
function costTable(all: readonly Cost[]): string[] {
  const things = [...new Set(all.flatMap(({ perOrder }) => Object.keys(perOrder)))];
  const width = Math.max(...things.map((thing) => thing.length));
  const line = (thing: string, cells: readonly string[]) =>
    `${thing.padEnd(width)} ${cells.map((cell) => cell.padStart(columnWidth)).join(' ')}`;
  const names = all.map(({ measurement }) => measurement.name.trim().replace(/:.*/, ''));
  return [
    line('', names),
    ...things.map((thing) =>
      line(
        thing,
        all.map(({ perOrder }) => String(perOrder[thing] ?? '')),
      ),
    ),
  ];
}

const columnWidth = 16;

type What = { readonly name: string; readonly offeredPerSecond?: number; readonly isControl?: boolean };

/** A single run: a sum divided by thousands of orders varies little. */
async function costOf(stack: BenchStack, options: BenchOptions, faults: string[], what: What): Promise<Cost> {
  const { name, offeredPerSecond, isControl = false } = what;
  const api = await stack.startApi(isControl ? fixedControl.api : {});
  const { check, ...orders } = await hotCategory(stack);
  let placed = 0;
  const load = {
    ...orders,
    to: api.port,
    connections: isControl ? fixedControl.connections : connections,
    warmupSeconds: 0,
    seconds: options.seconds,
    onAnswer: (answer: Answer) => {
      if (answer.status === 201) placed += 1;
      orders.onAnswer?.(answer);
    },
  };
  await closedLoop({ ...load, seconds: warmupSeconds });
  await forgetStatements(stack);
  const before = await readSpent(stack, api);
  const placedBefore = placed;
  const drive = () => (offeredPerSecond === undefined ? closedLoop(load) : openLoop({ ...load, offeredPerSecond }));
  const result = await watched(partsOf(stack, api), drive, 0);
  const perOrder = perItem(before, await readSpent(stack, api), placed - placedBefore);
  const statements = await costliestStatements(stack, statementsShown);
  say(`${name}: ${Math.round(result.perSecond)}/s`);
  await api.stop();
  faults.push(...((await check?.()) ?? []).map((fault) => `${name}: ${fault}`));
  return { measurement: measurementOf(name, [result]), perOrder, statements };
}
