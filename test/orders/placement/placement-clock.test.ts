import { expect, test } from 'vitest';
import { callMs, createPlacementClock } from '../../../src/orders/placement/clock.ts';

/** Guards the last moment of a placement call: by Postgres' clock, whatever ours says. */

function clockAt(wallMs: number) {
  const time = { wallMs, nowMs: 5000 };
  const pass = (ms: number) => {
    time.wallMs += ms;
    time.nowMs += ms;
  };
  return { clock: createPlacementClock<object>({ wallMs: () => time.wallMs, nowMs: () => time.nowMs }), pass };
}

test('uses the process’s clock until Postgres has told its time', () => {
  const { clock } = clockAt(1_000_000);
  expect(clock.start().notAfterMs).toBe(1_000_000 + callMs);
});

test('learns the offset of Postgres without mistaking network delay for it', () => {
  const { clock, pass } = clockAt(1_000_000);
  pass(40);
  clock.decided(1_000_030 - 60_000);
  expect(clock.start().notAfterMs).toBe(1_000_040 - 60_010 + callMs);
  // A slow answer is less precise than the one before it.
  pass(500);
  clock.decided(1_000_100 - 60_000);
  expect(clock.start().notAfterMs).toBe(1_000_540 - 60_011 + callMs);
});

test('follows a clock that was set back, slowly', () => {
  const { clock } = clockAt(1_000_000);
  clock.decided(1_000_000);
  for (let call = 0; call < 100; call += 1) clock.decided(990_000);
  expect(clock.start().notAfterMs).toBe(1_000_000 - 100 + callMs);
});

test('an order of a lost call stays undecided until the last moment of that call', () => {
  const { clock, pass } = clockAt(1_000_000);
  const [lost, other] = [{}, {}];
  const { sentAt } = clock.start();
  clock.lost([lost], sentAt);
  expect([clock.isOpen(lost), clock.isOpen(other), clock.isInTime(sentAt)]).toEqual([true, false, true]);
  pass(callMs);
  expect([clock.isOpen(lost), clock.isInTime(sentAt)]).toEqual([false, false]);
});
