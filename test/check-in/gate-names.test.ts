import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gateKey } from '../../src/check-in/index.ts';
import { addDoorEvent } from '../../testkit/check-in/door-event.ts';
import { type Door, openDoor } from '../../testkit/check-in/door.ts';

/** Gate names that differ only in case, blanks or Unicode form are one gate, wherever a gate is named. */

let door: Door;
let manager: string;

beforeAll(async () => {
  door = await openDoor([{ name: 'VIP' }, { name: 'Regular' }]);
  manager = await door.addKey(door.event, 'manager');
});
afterAll(() => door.close());

/** Each line is one gate. */
const spellings = [
  [
    'North Gate',
    'north gate',
    'NORTH  GATE',
    ' North Gate ',
    'NorthGate',
    'North\u00a0Gate',
    'Ｎｏｒｔｈ　Ｇａｔｅ',
    'North\u200b Gate',
  ],
  ['Café', 'CAFÉ', 'Cafe\u0301', 'cafe\u0301 '],
  ['Straße 1', 'STRASSE 1', 'strasse1', 'STRAẞE 1'],
  ['Gate-1', 'gate\u20111', 'GATE–1', 'gate − 1'],
  ['ΟΔΟΣ', 'οδος', 'Οδοσ'],
  ['बाएं', 'बाएं '],
  ['1', '１', '①'],
  ['入口', ' 入 口'],
];

describe('the key of a gate', () => {
  it.each(spellings.map((line) => [line[0] ?? '', line] as const))('%s is one gate in every spelling', (_, line) => {
    expect(new Set(line.map(gateKey)).size).toBe(1);
  });

  it('differs for different names, and is empty when nothing is visible', () => {
    expect(new Set(spellings.map((line) => gateKey(line[0] ?? ''))).size).toBe(spellings.length);
    expect(new Set(['Gate 1', 'Gate 2', 'Gate A', 'Gâte A', 'Gate 1!'].map(gateKey)).size).toBe(5);
    expect(gateKey(' \u200b\u00ad')).toBe('');
  });
});

describe('spellings of one gate', () => {
  it.each(spellings.map((line) => [line[0] ?? '', line] as const))(
    '%s: one name, one rule, one line of the summary',
    async (name, line) => {
      const place = await addDoorEvent(door.sql, { ...door.event, categories: [{ name: 'VIP' }, { name: 'Regular' }] });
      const [vip, regular] = place.categoryIds;
      const gates = `/v1/organizers/${place.organizerSlug}/events/${place.eventId}/gates`;
      const created = await door.call(manager, 'POST', gates, { name, ticketCategoryIds: [vip] });
      expect(created.status).toBe(201);
      const other = await door.call(manager, 'POST', gates, { name: 'Another' });
      for (const spelling of line) {
        const again = await door.call(manager, 'POST', gates, { name: spelling });
        expect([again.status, again.body.code]).toEqual([409, 'gate.name_taken']);
        const renamed = await door.call(manager, 'PATCH', `${gates}/${other.body.id}`, { name: spelling });
        expect([renamed.status, renamed.body.code]).toEqual([409, 'gate.name_taken']);
        const scan = (code: string, gate: string) => door.scan(manager, { eventId: place.eventId, code, gate });
        const [good, wrong] = [await door.ticket(place, vip), await door.ticket(place, regular)];
        expect((await scan(wrong.code, spelling)).body.result).toBe('wrong_gate');
        expect((await scan(good.code, spelling)).body.result).toBe('admitted');
        expect((await scan(good.code, created.body.id)).body.firstAdmission.gate).toBe(name);
      }
      const summary = `/v1/events/${place.eventId}/check-ins/summary`;
      const counts = { entries: line.length, refused: line.length * 2, exits: 0, conflicts: 0 };
      expect((await door.call(manager, 'GET', summary)).body.gates).toEqual([{ gate: name, ...counts }]);
      await door.call(manager, 'PATCH', `${gates}/${created.body.id}`, { name: 'Renamed' });
      expect((await door.call(manager, 'GET', summary)).body.gates).toEqual([{ gate: 'Renamed', ...counts }]);
      // It is the gate's own name.
      expect((await door.call(manager, 'PATCH', `${gates}/${created.body.id}`, { name: 'RENAMED' })).status).toBe(200);
    },
  );

  it('of a gate that the event does not have are one line of the summary, too', async () => {
    const place = await addDoorEvent(door.sql, { ...door.event, categories: [{ name: 'All' }] });
    for (const line of spellings) {
      for (const gate of line) {
        await door.scan(manager, { eventId: place.eventId, code: (await door.ticket(place)).code, gate });
      }
    }
    const { body } = await door.call(manager, 'GET', `/v1/events/${place.eventId}/check-ins/summary`);
    const entries = body.gates.map((gate: { entries: number }) => gate.entries);
    expect(entries.sort()).toEqual(spellings.map((line) => line.length).sort());
  });
});
