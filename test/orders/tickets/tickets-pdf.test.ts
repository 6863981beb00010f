import { randomBytes } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeBase32 } from '../../../src/platform/text/base32.ts';
import { groupTicketCode } from '../../../src/orders/tickets/codes/group-ticket-code.ts';
import { quietZoneModules } from '../../../src/orders/tickets/qr.ts';
import { renderTickets } from '../../../src/orders/tickets/render-tickets.ts';
import { readQrPath } from '../../../testkit/check-in/qr-reader.ts';
import { printedEvent as event } from '../../../testkit/orders/printed-event.ts';

/** In points. */
const qrSide = 196;
const order = {
  code: '9QX4T-0RBVE',
  buyerName: 'Ayu Lestari',
  locale: 'id',
  placedAt: new Date('2027-01-01T00:00:00Z'),
} as const;

const someTickets = (count: number) =>
  Array.from({ length: count }, () => {
    const code = encodeBase32(randomBytes(16));
    return { code, shortCode: code, categoryName: 'Festival' };
  });

/** The drawing commands of each page, and the text that they show. */
function pagesOf(pdf: Buffer): { commands: string; text: string }[] {
  const bytes = pdf.toString('latin1');
  return (
    [...bytes.matchAll(/\/Length (\d+)\n\/Filter \/FlateDecode[^>]*>>\s*stream\n/g)]
      .map((match) => pdf.subarray(match.index + match[0].length, match.index + match[0].length + Number(match[1])))
      .map((stream) => inflateSync(stream).toString('latin1'))
      // Fonts are streams too.
      .filter((stream) => stream.includes(' TJ'))
      .map((commands) => ({
        commands,
        text: [...commands.matchAll(/\[(.*?)\] TJ/g)]
          .map(([, shown = '']) =>
            [...shown.matchAll(/<([0-9a-f]*)>/g)]
              .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
              .join(''),
          )
          .join('\n'),
      }))
  );
}

type ShownLine = { readonly top: number; readonly size: number; readonly text: string };

/** The lines of text of a page, with their distance from its top to their lower edge. */
function linesOf({ commands }: { readonly commands: string }): ShownLine[] {
  const tops = new RegExp(String.raw`1 0 0 1 [\d.]+ ([\d.]+) Tm\n/F\d+ ([\d.]+) Tf\n(?:[\d.]+ Tc\n)?\[(.*?)\] TJ`, 'g');
  return [...commands.matchAll(tops)].map(([, y = '', size = '', shown = '']) => ({
    top: pageHeight - Number(y),
    size: Number(size),
    text: [...shown.matchAll(/<([0-9a-f]*)>/g)]
      .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
      .join(''),
  }));
}
const pageHeight = 595.28;
/** What stands in several lines, as one text. */
const together = (lines: readonly ShownLine[]) => lines.map(({ text }) => text.trim()).join(' ');
/** As many characters of these words as the service takes. */
const upTo = (length: number, words: string) => `${words} `.repeat(length).slice(0, length).trim();

describe('printed tickets', () => {
  test('show the longest names that the service takes in full, and leave the code alone', async () => {
    const name = upTo(200, 'Malam Keroncong Nusantara bersama Orkestra Kota Yogyakarta');
    const place = {
      venue: upTo(120, 'Gedung Kesenian Lapangan Banteng'),
      address: upTo(500, 'Jalan Pangeran Diponegoro Nomor 17, RT 03 RW 05'),
      city: upTo(120, 'Kota Administrasi Jakarta Pusat'),
    };
    const categoryName = upTo(200, 'Tribun Utara Bawah Kursi Bernomor');
    const holderName = upTo(100, 'Raden Mas Bagus Surya Wijaya Kusumadiningrat');
    const [ticket] = someTickets(1).map((one) => ({ ...one, categoryName, holderName }));
    if (ticket === undefined) throw new Error('a ticket');
    const [page] = pagesOf(await renderTickets({ event: { ...event, ...place, name }, order, tickets: [ticket] }));
    const lines = linesOf(page ?? { commands: '' });
    const text = together(lines);
    for (const whole of [name, categoryName, holderName, place.venue, place.address, place.city])
      expect(text.replaceAll(/\s+/g, ' ')).toContain(whole);
    expect(text).not.toContain('\x85');
    expect(text).toContain('satu kali masuk');
    expect(Math.min(...lines.map(({ size }) => size))).toBeGreaterThanOrEqual(5);
    expect(Math.max(...lines.map(({ top }) => top))).toBeLessThan(pageHeight);
    const path = page?.commands.match(/(?:^\d+ \d+ [ml]\n|^h\n)+/m)?.[0] ?? '';
    expect(readQrPath(path, 25, quietZoneModules)).toBe(ticket.code);
    const shortCode = lines.find((one) => one.text === groupTicketCode(ticket.shortCode))?.top ?? 0;
    const above = lines.filter(({ top }) => top < shortCode).map(({ top }) => top);
    expect(shortCode - Math.max(...above)).toBeGreaterThan(qrSide);
    // Lines that are set below each other do not touch.
    const tops = lines
      .filter(({ text: shown }) => name.includes(shown.trim()) && shown.trim() !== '')
      .map(({ top }) => top);
    for (const [index, top] of tops.slice(1).entries()) expect(top - (tops[index] ?? 0)).toBeGreaterThan(8);
  });

  test('leave no empty line between a short name and the date below it', async () => {
    const lines = linesOf(
      pagesOf(await renderTickets({ event, order, tickets: someTickets(1) }))[0] ?? { commands: '' },
    );
    const at = (part: string) => lines.findIndex(({ text }) => text.includes(part));
    const [name, date] = [lines[at('Senja di Selatan')], lines[at('1 Maret 2027')]];
    expect((date?.top ?? 0) - (name?.top ?? 0)).toBeLessThan(2 * (date?.size ?? 0) + 6);
    expect(name?.size).toBe(20);
  });

  test('are one page each, with what the door and the holder need', async () => {
    const tickets = someTickets(3);
    const pdf = await renderTickets({ event, order, tickets });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.subarray(-6).toString().trim()).toBe('%%EOF');
    expect(pdf.toString('latin1').match(/\/Type \/Page\n/g)).toHaveLength(3);
    const pages = pagesOf(pdf);
    expect(pages).toHaveLength(3);
    expect(pages[1]?.text).toContain('2 dari 3');
    expect(pages[1]?.text).toContain(groupTicketCode(tickets[1]?.shortCode ?? ''));
    for (const part of ['Senja di Selatan', 'Ayu Lestari', '9QX4T-0RBVE', 'Festival', '1 Maret 2027', '19.00 WIB']) {
      expect(pages[0]?.text).toContain(part);
    }
  });

  test('show no date of an event that is postponed', async () => {
    const postponed = { ...event, postponedAt: new Date('2027-02-01T00:00:00Z') };
    const [page] = pagesOf(await renderTickets({ event: postponed, order, tickets: someTickets(1) }));
    expect(page?.text).toContain('Ditunda, tanggal baru menyusul');
    expect(page?.text).not.toMatch(/2027|WIB|pintu dibuka/i);
  });

  test('name no order on a ticket that was given on', async () => {
    const [ticket] = someTickets(1).map((one) => ({ ...one, holderName: 'Budi Santoso' }));
    const given = { ...order, code: undefined, buyerName: '' };
    const [page] = pagesOf(await renderTickets({ event, order: given, tickets: ticket === undefined ? [] : [ticket] }));
    expect(page?.text).toContain('Budi Santoso');
    expect(page?.text).not.toMatch(/pesanan/i);
  });

  test('carry a QR that a reader decodes to the code of that ticket', async () => {
    const tickets = someTickets(2);
    const pages = pagesOf(await renderTickets({ event, order, tickets }));
    for (const [index, ticket] of tickets.entries()) {
      const path = pages[index]?.commands.match(/(?:^\d+ \d+ [ml]\n|^h\n)+/m)?.[0] ?? '';
      expect(readQrPath(path, 25, quietZoneModules)).toBe(ticket.code);
    }
  });

  test('never fail for a name in another script, an emoji, or a very long name', async () => {
    for (const buyerName of ['李小龙', 'Łukasz Đặng 🎉', 'عمر', 'x'.repeat(5000), '\u0000', 'A\nB']) {
      const pdf = await renderTickets({ event, order: { ...order, buyerName }, tickets: someTickets(1) });
      expect(pagesOf(pdf)).toHaveLength(1);
    }
  });

  test('are the same bytes for the same tickets, so that a version names them', async () => {
    const tickets = someTickets(2);
    const first = await renderTickets({ event, order, tickets });
    expect(first.equals(await renderTickets({ event, order, tickets }))).toBe(true);
  });

  test('are tagged: language, title, a section for each ticket with its heading, and a text for the QR', async () => {
    const [first, second] = someTickets(2);
    if (first === undefined || second === undefined) throw new Error('two tickets');
    const pdf = await renderTickets({ event, order: { ...order, locale: 'en' }, tickets: [first, second] });
    const bytes = pdf.toString('latin1');
    expect(bytes).toMatch(/\/Lang \(en-GB\)/);
    expect(bytes).toMatch(/\/Marked true/);
    expect(bytes).toMatch(/\/DisplayDocTitle true/);
    expect(bytes).toMatch(/\/Title \d+ 0 R\n/);
    expect(bytes).toMatch(/obj\n\(Senja di Selatan\)\nendobj/);
    expect([...bytes.matchAll(/\/S \/Sect\n\/T \(([^)]*)\)/g)].map(([, title]) => title)).toEqual([
      'Ticket 1 of 2',
      'Ticket 2 of 2',
    ]);
    expect(bytes.match(/\/S \/H1\n/g)).toHaveLength(2);
    expect([...bytes.matchAll(/\/S \/Figure\n\/Alt \(([^)]*)\)/g)].map(([, text]) => text)).toEqual([
      `QR code of ticket 1: ${groupTicketCode(first.shortCode)}`,
      `QR code of ticket 2: ${groupTicketCode(second.shortCode)}`,
    ]);
  });

  test('draw nothing outside of an element or a decoration', async () => {
    const [page] = pagesOf(
      await renderTickets({ event, order: { ...order, buyerName: 'Ayu 李小龙' }, tickets: someTickets(1) }),
    );
    let depth = 0;
    const untagged: string[] = [];
    for (const command of (page?.commands ?? '').split('\n')) {
      if (/ B[DM]C$/.test(command)) depth += 1;
      else if (command === 'EMC') depth -= 1;
      else if (depth === 0 && /(?:^|\s)(?:TJ|Tj|f|f\*|S|B)$/.test(command)) untagged.push(command);
    }
    expect([depth, untagged]).toEqual([0, []]);
  });
});
