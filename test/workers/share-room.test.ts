import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DueWork } from '../../src/platform/jobs/outbox.ts';
import { type Share, inJobs, shareRoom } from '../../workers/relay/share-room.ts';

/** Guards that no kind of job, no organizer and no event takes all the room from another. */

const given = (shares: readonly Share[], match: Partial<Share>) =>
  shares
    .filter((share) => Object.entries(match).every(([key, value]) => share[key as keyof Share] === value))
    .reduce((sum, { room }) => sum + room, 0);

/** Of which organizer each event is. */
const organizerOf: Readonly<Record<string, string>> = {
  '-': '-',
  evt_1: 'org_1',
  evt_2: 'org_1',
  evt_3: 'org_1',
  evt_4: 'org_2',
};
const due = (name: string, eventId: string, jobs: number): DueWork => ({
  name,
  organizerId: organizerOf[eventId] ?? '-',
  eventId,
  jobs,
});

const demands = fc
  .uniqueArray(
    fc
      .tuple(
        fc.constantFrom('a', 'b', 'c', 'd'),
        fc.constantFrom(...Object.keys(organizerOf)),
        fc.integer({ min: 1, max: 1000 }),
      )
      .map((one) => due(...one)),
    { selector: ({ name, eventId }) => `${name} ${eventId}`, maxLength: 20 },
  )
  .chain((list) => fc.tuple(fc.constant(list), fc.integer({ min: -5, max: 1500 }), fc.nat({ max: 1000 })));
const sumOf = (list: readonly DueWork[]) => list.reduce((sum, { jobs }) => sum + jobs, 0);

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

  test('is shared equally: who gets less than they need have at most one job less than any other, kinds, then organizers, then events', () => {
    fc.assert(
      fc.property(demands, ([list, room, turn]) => {
        const shares = shareRoom(list, room, turn);
        const has = (work: readonly DueWork[]) =>
          work.reduce((sum, { name, eventId }) => sum + given(shares, { name, eventId }), 0);
        const isEqual = (groups: readonly (readonly DueWork[])[]) => {
          const most = Math.max(0, ...groups.map(has));
          for (const group of groups)
            if (has(group) < sumOf(group)) expect(has(group)).toBeGreaterThanOrEqual(most - 1);
        };
        const by = (work: readonly DueWork[], key: 'name' | 'organizerId' | 'eventId') => [
          ...Map.groupBy(work, (one) => one[key]).values(),
        ];
        isEqual(by(list, 'name'));
        for (const ofKind of by(list, 'name')) {
          isEqual(by(ofKind, 'organizerId'));
          for (const ofOrganizer of by(ofKind, 'organizerId')) isEqual(by(ofOrganizer, 'eventId'));
        }
      }),
    );
  });

  test('is not multiplied by the number of events: an organizer with fifty of them gets what one with a single one gets', () => {
    const many = Array.from({ length: 50 }, (_, number) => ({
      ...due('a', `evt_${number}0`, 100),
      organizerId: 'many',
    }));
    const one = { ...due('a', 'evt_9', 100), organizerId: 'one' };
    expect(given(shareRoom([...many, one], 100, 1), { eventId: one.eventId })).toBe(50);
  });

  test.each([
    ['of one organizer', ['evt_1', 'evt_2'], 6],
    // Kinds, by organizers, by the most events of one.
    ['of several', ['evt_1', 'evt_2', 'evt_3', 'evt_4'], 18],
  ])('rotates when there is one place a round: nobody waits for ever, events %s', (_which, events, rounds) => {
    const list = ['a', 'b', 'c'].flatMap((name) =>
      events.map((eventId) => due(name, eventId, name === 'a' ? 1000 : 1)),
    );
    const served = new Set<string>();
    for (let turn = 1; turn <= rounds; turn += 1) {
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
    const list = ['evt_1', 'evt_2', 'evt_3'].map((eventId) => due('a', eventId, 100));
    const served = [1, 2, 3].flatMap((turn) => inJobs(shareRoom(list, 6, turn), itemsOf, turn));
    expect(new Set(served.map(({ eventId }) => eventId)).size).toBe(3);
  });
});
