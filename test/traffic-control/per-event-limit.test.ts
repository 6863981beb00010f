import { describe, expect, it } from 'vitest';
import type { GroupCommit } from '../../src/platform/database/group-commit.ts';
import type { LimiterState } from '../../src/traffic-control/concurrency/index.ts';
import { limitPerEvent } from '../../src/traffic-control/limits/per-event-limit.ts';

/** Guards that the buyers of one event leave room for those of the others, and use what these leave. */

const limit = 100;
const state = { limit, inflight: 0 } as LimiterState;
const limiter = { state, retryAfterSeconds: () => 3, refusedBefore: () => {} };

/** Items that stay in flight until they are let go, and how many are there of each lane. */
function open() {
  const held = new Map<string, (() => void)[]>();
  const group: GroupCommit<null, 'done'> = {
    submit: (lane) => new Promise((resolve) => held.set(lane, [...(held.get(lane) ?? []), () => resolve('done')])),
    drain: () => Promise.resolve(),
  };
  const refusals: string[] = [];
  const refusedIn = (lane: string) => void refusals.push(lane);
  const shared = limitPerEvent(group, limiter, 2, { refusedLater: () => {}, refusedIn });
  const refusedOf = async (lane: string, items: number) => {
    const before = held.get(lane)?.length ?? 0;
    const answers = Array.from({ length: items }, () => shared.submit(lane, null).catch((error: unknown) => error));
    await Promise.resolve();
    void answers;
    return items - ((held.get(lane)?.length ?? 0) - before);
  };
  const letGo = async (lane: string) => {
    for (const release of held.get(lane) ?? []) release();
    held.delete(lane);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { shared, held, refusals, refusedOf, letGo, count: (lane: string) => held.get(lane)?.length ?? 0 };
}

describe('lanes within one limit', () => {
  it('a busy lane gets at most four fifths, and another lane always finds room', async () => {
    const { refusedOf, count } = open();
    await refusedOf('hot', 1000);
    expect(count('hot')).toBe(80);
    expect(await refusedOf('other', 12)).toBe(0);
    // The busy one gets that much less as its own items end.
    await refusedOf('hot', 1000);
    expect(count('hot')).toBe(80);
  });

  it('a lane that has used its share refuses before the item is made, another lane does not', async () => {
    const { shared, refusals, refusedOf, letGo } = open();
    expect(shared.fullFor?.('hot')).toBeUndefined();
    await refusedOf('hot', 1000);
    expect(shared.fullFor?.('hot')).toMatchObject({ code: 'service.overloaded', retryAfterSeconds: 3 });
    // Each refusal is told with its lane, before the item as well as for it.
    expect(refusals).toEqual(Array.from({ length: 921 }, () => 'hot'));
    expect(shared.fullFor?.('other')).toBeUndefined();
    await letGo('hot');
    expect(shared.fullFor?.('hot')).toBeUndefined();
  });

  it('two busy lanes get equal shares, and a third can start', async () => {
    const { refusedOf, count } = open();
    for (let round = 0; round < 100; round += 1) {
      await refusedOf('one', 1);
      await refusedOf('two', 1);
    }
    expect(Math.abs(count('one') - count('two'))).toBeLessThanOrEqual(1);
    expect(count('one') + count('two')).toBeGreaterThan(limit * 0.8);
    expect(count('one') + count('two')).toBeLessThan(limit * 0.95);
    expect(await refusedOf('third', 4)).toBe(0);
  });

  it('many quiet lanes are never refused', async () => {
    const { refusedOf } = open();
    for (let lane = 0; lane < 50; lane += 1) expect(await refusedOf(`lane ${lane}`, 4)).toBe(0);
  });

  it('ended items free their room, and refusals carry a retry time', async () => {
    const { shared, refusedOf, letGo, count } = open();
    await refusedOf('hot', 200);
    await expect(shared.submit('hot', null)).rejects.toMatchObject({
      code: 'service.overloaded',
      retryAfterSeconds: 3,
    });
    await letGo('hot');
    await refusedOf('hot', 200);
    expect(count('hot')).toBe(80);
  });
});
