import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEvent, someBuyer } from '../../testkit/factories.ts';
import { type OrganizerDesk, startOrganizerDesk } from '../../testkit/orders/organizer-desk.ts';
import { order } from '../../testkit/orders/placing.ts';

let desk: OrganizerDesk;

beforeAll(async () => {
  desk = await startOrganizerDesk();
});
afterAll(() => desk.close());

describe('the export', () => {
  test('never holds text that a spreadsheet runs, and holds every order once', async () => {
    const event = await createEvent(desk.open.db, {
      organizer: desk.organizer,
      categories: [{ name: '=1+1', capacity: 5000 }],
    });
    const names = [
      '=HYPERLINK("http://evil")',
      '+1',
      '-1',
      '@SUM(A1)',
      "=cmd|' /C calc'!A0",
      ' =1',
      'Ayu, "Lestari"',
      '＝1',
      'Ayu',
    ];
    const placed = new Map<string, string>();
    for (const name of names)
      placed.set((await order(desk.deps, event, { buyer: { ...someBuyer(), name } })).order.id, name);
    const answer = await desk.get(`/events/${event.id}/orders.csv`);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="orders-${event.slug}.csv"`);
    const text = await answer.text();
    const rows = parseCsv(text.replace(/^\uFEFF/, ''));
    const [header = [], ...lines] = rows;
    const at = (line: string[], column: string) => line[header.indexOf(column)] ?? '';
    expect(new Set(lines.map((line) => at(line, 'order_id')))).toEqual(new Set(placed.keys()));
    for (const line of lines) {
      for (const field of line) expect(field).not.toMatch(/^\s*[=+\-@＝＋－＠\t\r]/);
      const name = placed.get(at(line, 'order_id')) ?? '';
      expect(at(line, 'name')).toBe(/^\s*[=+\-@＝]/.test(name) ? `'${name}` : name);
      expect(at(line, 'phone')).toMatch(/^'\+62/);
      expect(at(line, 'total')).toBe('150000');
      expect(at(line, 'tickets')).toBe('1 x =1+1');
    }
    expect(await desk.auditOf(event.id)).toEqual(['orders.exported']);
  });

  test('goes on over more rows than one page of the database', async () => {
    const event = await createEvent(desk.open.db, { organizer: desk.organizer, categories: [{ capacity: 5000 }] });
    await Promise.all(Array.from({ length: 1203 }, () => order(desk.deps, event)));
    const rows = parseCsv((await (await desk.get(`/events/${event.id}/orders.csv`)).text()).replace(/^\uFEFF/, ''));
    expect(rows).toHaveLength(1204);
    expect(new Set(rows.map((row) => row[1])).size).toBe(1204);
  });
});

/** RFC 4180, as a spreadsheet reads it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const match of text.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n)/g)) {
    const [, field = '', end] = match;
    row.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
