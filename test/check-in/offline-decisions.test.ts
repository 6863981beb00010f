import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { addDoorEvent } from '../../testkit/check-in/door-event.ts';
import type { Answer } from '../../testkit/check-in/door.ts';
import { ago, hour, minute, useOfflineDoor } from './support/offline-door.ts';

/** An offline door's decision is what happened: it is recorded as such, and its faults are reported. */

const scanned = await useOfflineDoor();
const { door, key, item, handIn, admission, listed } = scanned;

const exit = async () => (await door.scan(key, { code: scanned.ticket.code, direction: 'exit' })).body.result;

describe('a visitor whom the door let in', () => {
  const spoil: [string, () => Promise<unknown>, Record<string, unknown>][] = [
    [
      'revoked',
      () =>
        door.sql`update tickets set status = 'revoked', revoked_at = now() - interval '1 hour' where id = ${scanned.ticket.id}`,
      {},
    ],
    [
      'not_paid',
      () => door.sql`update orders set status = 'pending_payment', paid_at = null where id = ${scanned.ticket.orderId}`,
      {},
    ],
    ['too_early', async () => {}, { scannedAt: ago(5 * hour) }],
    [
      'too_late',
      () =>
        door.sql`update ticket_categories set entry_closes_at = now() - interval '30 minutes' where event_id = ${door.event.eventId}`,
      {},
    ],
    [
      'wrong_gate',
      () =>
        door.sql`insert into gates (event_id, id, name, name_key, ticket_category_ids) values (${door.event.eventId}, 'gat_00000000000000000009', 'VIP', 'vip', '{}') on conflict do nothing`,
      { gate: 'VIP' },
    ],
  ];

  it.each(
    spoil.flatMap(([fault, act, more]) => [
      [fault, act, more] as const,
      [fault, act, { ...more, result: 'admitted' }] as const,
    ]),
  )('against the rules (%s) is inside, reported, and may leave', async (fault, act, more) => {
    await act();
    try {
      const { inside } = await door.summary(key);
      const answer = await handIn(more);
      expect(answer).toMatchObject({ result: 'admitted', fault, ticket: { id: scanned.ticket.id } });
      expect(answer.conflict).toBeUndefined();
      expect((await door.summary(key)).inside).toBe(inside + 1);
      expect(await listed()).toMatchObject([{ fault, other: null }]);
      expect((await door.scan(key, { code: scanned.ticket.code })).body.result).not.toBe('admitted');
      expect(await exit()).toBe('exited');
      expect((await door.summary(key)).inside).toBe(inside);
    } finally {
      await door.sql`update ticket_categories set entry_closes_at = null`;
    }
  });

  it('with a code of no ticket here is reported', async () => {
    const elsewhere = await door.ticket(await addDoorEvent(door.sql, door.event));
    for (const [code, fault] of [
      ['made up', 'invalid'],
      [elsewhere.code, 'wrong_event'],
    ] as const) {
      const { conflicts } = await door.summary(key);
      const scanId = randomUUID();
      expect(await handIn({ code, scanId, result: 'admitted' })).toEqual({ scanId, result: fault, fault });
      expect((await door.conflicts(key)).find((one) => one.scanId === scanId)).toMatchObject({ ticketId: null, fault });
      expect((await door.summary(key)).conflicts).toBe(conflicts + 1);
    }
  });

  it('is recorded as the door decided when the answer of the online scan was lost', async () => {
    const scanId = randomUUID();
    await door.sql`update tickets set status = 'revoked', revoked_at = now() where id = ${scanned.ticket.id}`;
    const online = { code: scanned.ticket.code, scanId, gate: 'A' };
    expect((await door.scan(key, online)).body.result).toBe('revoked');
    const offline = { ...online, scannedAt: ago(0), result: 'admitted' };
    for (let times = 0; times < 2; times += 1) {
      expect(await handIn(offline)).toMatchObject({ result: 'admitted', fault: 'revoked' });
    }
    expect(await admission()).toMatchObject({ inside: true, entries: 1 });
    expect(await exit()).toBe('exited');
  });
});

describe('a visitor whom the door refused', () => {
  it.each(['already_used', 'revoked', 'invalid', 'wrong_event', 'not_paid', 'too_early', 'too_late', 'wrong_gate'])(
    'as %s is not inside, and can enter later',
    async (result) => {
      expect(await handIn({ result })).toMatchObject({ result, ticket: { id: scanned.ticket.id } });
      expect(await admission()).toBeUndefined();
      expect(await listed()).toEqual([]);
      expect((await door.scan(key, { code: scanned.ticket.code })).body.result).toBe('admitted');
    },
  );

  it('is not inside, although an online scan whose answer was lost had admitted the ticket', async () => {
    const scanId = randomUUID();
    expect((await door.scan(key, { code: scanned.ticket.code, scanId })).body.result).toBe('admitted');
    expect(await handIn({ scanId, result: 'invalid' })).toMatchObject({ result: 'invalid' });
    expect(await admission()).toBeUndefined();
    expect((await door.scan(key, { code: scanned.ticket.code })).body.result).toBe('admitted');
  });

  it('is not inside after the exit of a visitor who was let out', async () => {
    await handIn({ scannedAt: ago(30 * minute), result: 'admitted' });
    expect(await handIn({ scannedAt: ago(20 * minute), direction: 'exit', result: 'exited' })).toMatchObject({
      result: 'exited',
    });
    await handIn({ result: 'already_used' });
    expect(await admission()).toMatchObject({ inside: false, entries: 1 });
  });
});

describe('a ticket let in twice', () => {
  const pairs: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ['two phones on one login', { deviceId: 'phone-1' }, { deviceId: 'phone-2' }],
    ['two phones that do not say which they are', {}, {}],
    [
      'one phone that says it let both in',
      { deviceId: 'phone-1', result: 'admitted' },
      { deviceId: 'phone-1', result: 'admitted' },
    ],
  ];
  for (const laterFirst of [false, true]) {
    it.each(pairs)(
      `by %s is reported, ${laterFirst ? 'the later' : 'the earlier'} handed in first`,
      async (_, one, two) => {
        const scans = [item({ ...one, scannedAt: ago(30 * minute) }), item({ ...two, scannedAt: ago(20 * minute) })];
        const inOrder = laterFirst ? scans.toReversed() : scans;
        const answers: Answer['body'][] = [];
        for (const scan of inOrder) answers.push((await door.sync(key, [scan])).body.data[0]);
        expect(answers[1].conflict).toMatchObject({ gate: null });
        expect(await listed()).toMatchObject([
          { scanId: scans[1]?.scanId, fault: null, other: { at: scans[0]?.scannedAt } },
        ]);
        const [{ deviceId, other }] = (await listed()) as [Answer['body']];
        if (two['deviceId'] !== undefined)
          expect([deviceId, other.deviceId]).toEqual([two['deviceId'], one['deviceId']]);
        // Both may leave, but nobody else may.
        expect([await exit(), await exit(), await exit()]).toEqual(['exited', 'exited', 'already_used']);
      },
    );
  }

  it('is no conflict once the exit between them is known', async () => {
    await handIn({ scannedAt: ago(30 * minute), deviceId: 'a' });
    expect((await handIn({ scannedAt: ago(10 * minute), deviceId: 'b' })).conflict).toBeDefined();
    expect(await handIn({ scannedAt: ago(20 * minute), direction: 'exit', deviceId: 'c' })).toMatchObject({
      result: 'exited',
    });
    expect(await listed()).toEqual([]);
    expect(await admission()).toMatchObject({ inside: true, entries: 2 });
  });

  it('counts an exit that is synced before its entry', async () => {
    expect(await handIn({ scannedAt: ago(10 * minute), direction: 'exit' })).toMatchObject({ result: 'invalid' });
    expect(await handIn({ scannedAt: ago(20 * minute) })).toMatchObject({ result: 'admitted' });
    expect(await admission()).toMatchObject({ inside: false, entries: 1 });
    expect(await listed()).toEqual([]);
  });
});
