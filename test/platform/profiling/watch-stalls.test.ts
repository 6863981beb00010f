import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import type { Log } from '../../../src/platform/log.ts';
import { watchStalls } from '../../../src/platform/profiling/watch-stalls.ts';
import { until } from '../../../testkit/until.ts';

/**
 * Guards that a stall of the event loop is logged with its stack, at most once a minute, and that a busy loop is not a
 * stall.
 */

type Line = { ms: number; stack: string; unlogged: number };

const stallMs = 300;

/** Looks at the clock rarely: the clock's own calls are several frames deep, and the stack must be that of this function. */
function standStill(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end) for (let turn = 0; turn < 100_000; turn += 1) Math.sqrt(turn);
}

/** On a busy machine this process itself may stand still for so long. Such a try shows nothing. */
const triesMax = 5;

test('a stall of the event loop is logged with its stack', async () => {
  for (let tries = 1; !(await seesOneStall()); tries += 1) expect(tries).toBeLessThan(triesMax);
});

/** @returns false if the machine was so busy that the loop stalled before it was made to */
async function seesOneStall(): Promise<boolean> {
  const lines: Line[] = [];
  const log = { warn: (line: Line) => lines.push(line) } as unknown as Log;
  const watch = watchStalls({ stallMs, log });
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  try {
    // The thread starts.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    for (let turn = 0; turn < 10; turn += 1) {
      standStill(30);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    delays.disable();
    if (delays.max / 1e6 >= stallMs) return false;
    expect(lines).toEqual([]);
    standStill(stallMs * 5);
    await until(() => Promise.resolve(lines.length > 0));
    expect(lines[0]?.ms).toBeGreaterThanOrEqual(stallMs);
    // The stack may have been taken inside the clock call of `standStill`, which is at most three frames deep.
    expect(lines[0]?.stack.split('\n').slice(0, 4).join('\n')).toMatch(/at standStill \(.*watch-stalls\.test\.ts/);
    standStill(stallMs * 5);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(lines).toHaveLength(1);
    return true;
  } finally {
    await watch.close();
  }
}
