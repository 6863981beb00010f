import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '../../src/platform/log.ts';
import { until } from '../../testkit/until.ts';
import { endWhenStuck } from '../../workers/watching/end-when-stuck.ts';

/** Guards that a worker that only a restart helps makes room for another, and that no other worker ends. */

const everyMs = 10;

function watch(more: { flush?: () => void } = {}) {
  const state = { fault: undefined as string | undefined, ended: 0, lines: '' };
  const output = { write: (line: string) => void (state.lines += line), ...more };
  const log = createLog({ level: 'info', process: 'worker', output });
  const watched = endWhenStuck({ fault: () => state.fault, log, end: () => void (state.ended += 1), everyMs });
  onTestFinished(() => watched.close());
  return state;
}

test('a worker that stays stuck says why and ends, once', async () => {
  const state = watch();
  state.fault = 'no job of payments has ended';
  await until(() => state.ended === 1);
  expect(state.lines).toContain('"fault":"no job of payments has ended"');
  await pause(10 * everyMs);
  expect(state.ended).toBe(1);
});

test('a worker ends although its output takes nothing', async () => {
  const state = watch({ flush: () => {} });
  state.fault = 'no job of payments has ended';
  await until(() => state.ended === 1);
});

test('a worker that goes on again does not end', async () => {
  const state = watch();
  for (let round = 0; round < 5; round += 1) {
    state.fault = 'no job of payments has ended';
    await pause(2 * everyMs);
    state.fault = undefined;
    await pause(2 * everyMs);
  }
  expect(state.ended).toBe(0);
});
