import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupTicketCode } from '../../src/orders/tickets/codes/group-ticket-code.ts';
import { readTicketCode } from '../../src/orders/tickets/codes/ticket-code.ts';
import { encodeBase32 } from '../../src/platform/text/base32.ts';

/** A code is read however scanners, printers and people write it, and nothing else is. */

const bytes = Buffer.from('084210840010ffeeddccbbaa99887766', 'hex');
const code = encodeBase32(bytes);
const fullWidth = (text: string) =>
  text.replace(/[!-~]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0));
const groups = (by: string) => code.replace(/(.{5})(?=.)/g, `$1${by}`);

it('is shown in groups of five with a last group of six, and is read with the blanks', () => {
  const grouped = groupTicketCode('3V2M8R0WJ6ZK9T5XQ1H7C4D0AG');
  expect(grouped).toBe('3V2M8 R0WJ6 ZK9T5 XQ1H7 C4D0AG');
  expect(readTicketCode(grouped)).toEqual(readTicketCode('3V2M8R0WJ6ZK9T5XQ1H7C4D0AG'));
});

describe('a ticket code is read', () => {
  it.each([
    ['as it is', code],
    ['in lower case', code.toLowerCase()],
    ['with O for 0 and I or L for 1', code.replaceAll('0', 'O').replace('1', 'l').replaceAll('1', 'i')],
    ['with o for 0', code.toLowerCase().replaceAll('0', 'o')],
    ['in full-width letters', fullWidth(code)],
    ['in full-width small letters', fullWidth(code.toLowerCase())],
    ['between blanks', `  ${code}\t `],
    ['between no-break and zero-width blanks', `\u00a0${code}\u200b\ufeff`],
    ['with CR LF', `${code}\r\n`],
    ['with Tab', `${code}\t`],
    ['between STX and ETX', `\u0002${code}\u0003`],
    ['with GS', `\u001d${code}\u001d`],
    ['with GS in it', groups('\u001d')],
    ['with a picture of GS', `␝${code}␍␊`],
    ['after the AIM prefix of a QR code', `]Q3${code}`],
    ['after the AIM prefix of a Data Matrix', `]d2${code}\r`],
    ['after the AIM prefix of Code 128', `]C1${code}`],
    ['after STX and an AIM prefix', `\u0002]Q1${code}\u0003\r\n`],
    ['in groups with blanks', groups(' ')],
    ['in groups with hyphens', groups('-')],
    ['in groups with dashes', groups(' – ')],
    ['in groups with hyphens that do not break', groups('\u2011')],
    ['as a link', `https://tickets.example/t/${code}`],
    ['as a link in capitals', `HTTPS://TICKETS.EXAMPLE/T/${code}`],
    ['as a link with a slash behind', `https://tickets.example/t/${code}/`],
    ['as a link with a query', `https://tickets.example/t/${code}?utm_source=qr`],
    ['in the query of a link', `https://tickets.example/check?event=senja&code=${code.toLowerCase()}&x=1`],
    ['in the fragment of a link', `https://tickets.example/orders/ord_1#${code}`],
    ['as an encoded link', encodeURIComponent(`https://tickets.example/t/${code}`)],
    ['as a link after an AIM prefix', `]Q3https://tickets.example/t/${code}\r`],
    ['twice in a link', `https://tickets.example/${code}?again=${code}`],
    ['with a name in front', `antre:${code}`],
    ['in two spellings in a link', `https://tickets.example/${code}?again=${code.toLowerCase().replaceAll('0', 'o')}`],
    ['beside a name that would be one without its hyphens', `https://a.example/abcde-fghjk-mnpqr-stvwx-yz0000/${code}`],
  ])('%s', (_, text) => {
    expect(readTicketCode(text)?.code).toEqual(new Uint8Array(bytes));
  });

  it.each([
    ['nothing', ''],
    ['a letter too few', code.slice(1)],
    ['a letter too many', `${code}0`],
    ['U, which is not in the alphabet', `U${code.slice(1)}`],
    ['stray bits at the end', `${code.slice(0, -1)}Z`],
    ['a link with two codes', `https://tickets.example/${code}/${encodeBase32(randomBytes(16))}`],
    ['a link without one', 'https://tickets.example/orders/ord_7K3M9XQ206FJ2V1H8C9QX4T0RBVE'],
    ['a ticket’s id', 'tkt_7K3M9XQ206FJ2V1H8C9QX4T0RBVE001'],
    ['a broken escape', `%E0%A4%A${code.slice(2)}`],
    ['what is too long', `${' '.repeat(1000)}${code}`],
    ['Cyrillic letters that look alike', code.replaceAll('A', 'А').replaceAll('C', 'С')],
  ])('unless it is %s', (_, text) => {
    expect(readTicketCode(text)).toBeUndefined();
  });

  it('whatever its bytes, with any odd characters between them', () => {
    const odd = fc.string({
      unit: fc.constantFrom('\u0002', '\u0003', '\u001d', '\r', '\n', '\t', ' ', '-', '\u200b', '\ufeff'),
    });
    const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(
        sixteen,
        odd,
        odd,
        fc.boolean(),
        fc.constantFrom('', ']Q3', ']d1'),
        (given, before, after, lower, aim) => {
          const text = encodeBase32(given);
          expect(readTicketCode(`${before}${aim}${lower ? text.toLowerCase() : text}${after}`)?.code).toEqual(
            new Uint8Array(given),
          );
        },
      ),
    );
  });

  it('in time proportional to its length', () => {
    const started = performance.now();
    for (const part of [' ', '-', ']Q3', '%', '/', 'O', 'é']) {
      for (let times = 0; times < 200; times += 1) readTicketCode(part.repeat(1000).slice(0, 1000));
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
