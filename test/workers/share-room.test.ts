import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Demand, type Share, inJobs, shareRoom } from '../../workers/relay/share-room.ts';

/** Guards that no kind of job and no event takes all the room from another. */

const given = (shares: readonly Share[], match: Partial<Share>) =>
  shares
    .filter((share) => Object.entries(match).every(([key, value]) => share[key as keyof Share] === value))
    .reduce((sum, { room }) => sum + room, 0);

const demands = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      eventId: fc.constantFrom('-', 'evt_1', 'evt_2', 'evt_3'),
      jobs: fc.integer({ min: 1, max: 1000 }),
    }),
    { selector: ({ name, eventId }) => `${name} ${eventId}`, maxLength: 16 },
  )
  .chain((list) => fc.tuple(fc.constant(list), fc.integer({ min: -5, max: 1500 }), fc.nat({ max: 1000 })));
const sumOf = (list: readonly Demand[]) => list.reduce((sum, { jobs }) => sum + jobs, 0);

describe('the room of a queue', () => {
  test('is used up while work is due, and never exceeded', () => {
    fc.assert(
      fc.property(demands, ([list, room, turn]) => {
        const shares = shareRoom(list, room, turn);
        expect(given(shares, {})).toBe(Math.min(Math.max(room, 0), sumOf(list)));
        for (const { name, eventId, jobs } of list) expect(given(shares, { name, eventId })).toBeLessThanOrEqual(jobs);
      }),
    );
  });

  test('is shared equally: a kind that gets less than it needs has at most one job less than any other', () => {
    fc.assert(
      fc.property(demands, ([list, room, turn]) => {
        const shares = shareRoom(list, room, turn);
        const names = [...new Set(list.map(({ name }) => name))];
        const kinds = names.map((name) => ({
          need: sumOf(list.filter((one) => one.name === name)),
          has: given(shares, { name }),
        }));
        const most = Math.max(0, ...kinds.map(({ has }) => has));
        for (const { need, has } of kinds) if (has < need) expect(has).toBeGreaterThanOrEqual(most - 1);
        for (const name of names) {
          const events = list.filter((one) => one.name === name);
          const top = Math.max(0, ...events.map(({ eventId }) => given(shares, { name, eventId })));
          for (const { eventId, jobs } of events) {
            const has = given(shares, { name, eventId });
            if (has < jobs) expect(has).toBeGreaterThanOrEqual(top - 1);
          }
        }
      }),
    );
  });

  test('rotates when there is one place a round: nobody waits for more rounds than there are kinds and events', () => {
    const list = ['a', 'b', 'c'].flatMap((name) =>
      ['evt_1', 'evt_2'].map((eventId) => ({ name, eventId, jobs: name === 'a' ? 1000 : 1 })),
    );
    const served = new Set<string>();
    for (let turn = 1; turn <= list.length; turn += 1) {
      for (const { name, eventId } of shareRoom(list, 1, turn)) served.add(`${name} ${eventId}`);
    }
    expect(served.size).toBe(list.length);
  });
});

describe('the room of jobs that stand for several items', () => {
  const itemsOf = (name: string) => (name === 'a' ? 10 : 1);

  test('is exceeded by less than one job, however many events have some, and used up by single ones', () => {
    fc.assert(
      fc.property(demands, ([list, room, turn]) => {
        const shares = shareRoom(list, room, turn);
        const jobs = inJobs(shares, itemsOf, turn);
        const items = jobs.reduce((total, { name, room: number }) => total + number * itemsOf(name), 0);
        expect(items).toBeLessThan(given(shares, {}) + 10);
        expect(items).toBeGreaterThanOrEqual(given(shares, {}));
        if (list.every(({ name }) => name !== 'a')) expect(given(jobs, {})).toBe(given(shares, {}));
      }),
    );
  });

  test('goes to all events by turns', () => {
    const list = ['evt_1', 'evt_2', 'evt_3'].map((eventId) => ({ name: 'a', eventId, jobs: 100 }));
    const served = [1, 2, 3].flatMap((turn) => inJobs(shareRoom(list, 6, turn), itemsOf, turn));
    expect(new Set(served.map(({ eventId }) => eventId)).size).toBe(3);
  });
});
