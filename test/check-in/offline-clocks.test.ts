import { describe, expect, it } from 'vitest';
import { ago, hour, minute, useOfflineDoor } from './support/offline-door.ts';

/** An offline door's decision is what happened: it is recorded as such, and its faults are reported. */

const scanned = await useOfflineDoor();
const { door, key, next, item, handIn, admission, listed } = scanned;

describe('a phone whose clock is off', () => {
  const offsets = [-7 * hour, 7 * hour, -40 * 365 * 24 * hour];

  it.each(offsets)('by %i ms is corrected by the time at which it sent the batch', async (offset) => {
    const scannedAt = ago(10 * minute - offset);
    const answer = await handIn({ scannedAt, result: 'admitted' }, { sentAt: ago(-offset) });
    expect(answer).toMatchObject({ result: 'admitted' });
    expect(answer.fault).toBeUndefined();
    const { admitted_at } = (await admission()) as { admitted_at: Date };
    expect(Math.abs(admitted_at.getTime() - (Date.now() - 10 * minute))).toBeLessThan(minute);
  });

  it.each(offsets)('by %i ms is corrected by the offset that it knew', async (offset) => {
    await handIn(
      { scannedAt: ago(10 * minute - offset), clockOffsetMs: -offset },
      { sentAt: new Date().toISOString() },
    );
    const { admitted_at } = (await admission()) as { admitted_at: Date };
    expect(Math.abs(admitted_at.getTime() - (Date.now() - 10 * minute))).toBeLessThan(minute);
  });

  it.each(offsets)('by %i ms without notice: a second entry is still reported', async (offset) => {
    const online = () => door.scan(key, { code: scanned.ticket.code, deviceId: 'online' });
    const late = () => handIn({ scannedAt: ago(10 * minute - offset), deviceId: 'late' });
    expect((await online()).body.result).toBe('admitted');
    await late();
    expect((await listed()).filter((one) => one.other !== null)).toHaveLength(1);
    await next();
    await late();
    expect((await online()).body.result).toBe('already_used');
  });

  it('by hours does not hide an entry between an exit and the next entry', async () => {
    const online = (direction: string) => door.scan(key, { code: scanned.ticket.code, direction, deviceId: 'online' });
    for (const direction of ['entry', 'exit', 'entry']) await online(direction);
    expect((await handIn({ deviceId: 'late' })).conflict).toBeDefined();
    expect(await listed()).toHaveLength(1);
  });

  it('does not shift a scan by the duration of its request', async () => {
    await handIn({ scannedAt: '2026-01-05T10:00:00.000Z' }, { sentAt: ago(2000) });
    expect(await admission()).toMatchObject({ admitted_at: new Date('2026-01-05T10:00:00.000Z') });
  });
});

describe('a full batch', () => {
  it.each([
    ['of one ticket at one instant', () => 0],
    ['of one ticket, one after the other', (index: number) => index * 100],
  ])('%s is recorded, each entry counted once', async (_, afterMs) => {
    const from = Date.now() - hour / 2;
    for (let batch = 1; batch <= 2; batch += 1) {
      const scans = Array.from({ length: 500 }, (__, index) =>
        item({
          scannedAt: new Date(from + afterMs(index)).toISOString(),
          direction: index % 5 === 4 ? 'exit' : 'entry',
          result: index % 5 === 4 ? 'exited' : 'admitted',
        }),
      );
      const { status, body } = await door.sync(key, scans);
      expect([status, body.data.length]).toEqual([200, 500]);
      const [kept] = await door.sql`select count(*)::int as passages, count(distinct scanned_at)::int as instants
        from scans where ticket_id = ${scanned.ticket.id} and passed`;
      expect(kept).toEqual({ passages: batch * 500, instants: batch * 500 });
    }
  });
});
