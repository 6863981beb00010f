import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, test } from 'vitest';
import { phoneDigits, phoneOf, readPhone, showPhone } from '../../../src/platform/text/phone-number.ts';

/** Guards tickets against strangers: one phone is one number however it is spelt, and a number is never guessed. */

const ayu = '+6281366903055';

describe('one phone in Indonesia', () => {
  test.each([
    '081366903055',
    '81366903055',
    '6281366903055',
    '+6281366903055',
    '+62 813-6690-3055',
    '+62081366903055',
    '+62 0813 6690 3055',
    '+62 (0) 813 6690 3055',
    '(+62) 813 6690 3055',
    '+620081366903055',
    '62081366903055',
    '006281366903055',
    '00 62 813 6690 3055',
    '0062081366903055',
    '(0813) 6690-3055',
    '0813.6690.3055',
    '0813/6690/3055',
    '0813·6690·3055',
    '0813 6690 3055',
    '０８１３６６９０３０５５',
    '＋６２８１３６６９０３０５５',
    '٠٨١٣٦٦٩٠٣٠٥٥',
    '۰۸۱۳۶۶۹۰۳۰۵۵',
    '०८१३६६९०३०५५',
    '𝟶𝟾𝟷𝟹𝟼𝟼𝟿𝟶𝟹𝟶𝟻𝟻',
    '\u202a+62 813\u20116690\u20113055\u202c',
    '\u2068+62\u00a0813\u20096690\u202f3055\u2069',
    '\u200e\u206681366903055\u2069',
    '0813–6690—3055',
    '0813\u22126690\u22123055',
    '\ufeff0813\u200b6690\u00ad3055',
    '\t0813 6690 3055\r\n',
    'tel:+62-813-6690-3055',
    'TEL:081366903055',
  ])('%j', (spelt) => {
    expect(readPhone(spelt, 'ID')).toEqual({ e164: ayu });
  });
});

describe('the country of a number', () => {
  test.each<[string, string, string | undefined, object]>([
    // As Hong Kong's it would be a number too, if a plus sign were missing.
    ['85256781234', 'ID', undefined, { e164: '+6285256781234' }],
    ['085251234567', 'ID', undefined, { e164: '+6285251234567' }],
    ['85251234567', 'ID', undefined, { e164: '+6285251234567' }],
    ['85251234567', 'ID', 'HK', { e164: '+85251234567' }],
    ['+85251234567', 'ID', undefined, { e164: '+85251234567' }],
    ['0085251234567', 'ID', undefined, { e164: '+85251234567' }],
    ['91234567', 'SG', undefined, { e164: '+6591234567' }],
    ['91234567', 'ID', 'SG', { e164: '+6591234567' }],
    ['0812345678', 'ID', undefined, { e164: '+62812345678' }],
    ['0812345678', 'ID', 'TH', { e164: '+66812345678' }],
    ['0812345678', 'TH', undefined, { e164: '+66812345678' }],
    // Not a number of the chosen country at all, and one of the event's.
    ['081366903055', 'ID', 'SG', { e164: ayu }],
    ['+6281366903055', 'SG', 'TH', { e164: ayu }],
    ['07911 123456', 'GB', undefined, { e164: '+447911123456' }],
    ['8 912 345 67 89', 'RU', undefined, { e164: '+79123456789' }],
    ['(415) 555-2671', 'US', undefined, { e164: '+14155552671' }],
    ['011 62 813 6690 3055', 'US', undefined, { e164: ayu }],
    ['0011 62 813 6690 3055', 'AU', undefined, { e164: ayu }],
    ['6591234567', 'ID', undefined, { fault: 'phone.ambiguous' }],
    ['14155552671', 'ID', undefined, { fault: 'phone.ambiguous' }],
    ['447911123456', 'ID', undefined, { fault: 'phone.ambiguous' }],
    ['60123456789', 'ID', undefined, { fault: 'phone.ambiguous' }],
    ['6281366903055', 'SG', undefined, { fault: 'phone.ambiguous' }],
    ['6591234567', 'ID', 'SG', { e164: '+6591234567' }],
  ])('%s for an event in %s, chosen %s', (text, country, chosen, read) => {
    expect(readPhone(text, country, chosen)).toEqual(read);
  });
});

describe('a number that messages cannot reach', () => {
  test.each([
    ['02155501234', 'phone.not_mobile'],
    ['+62 21 5550 1234', 'phone.not_mobile'],
    ['+44 20 7183 8750', 'phone.not_mobile'],
    ['0800123456', 'phone.not_mobile'],
    ['', 'phone.invalid'],
    ['+', 'phone.invalid'],
    ['12', 'phone.invalid'],
    ['0812345', 'phone.invalid'],
    ['081366903055123456', 'phone.invalid'],
    ['+999123456789', 'phone.invalid'],
    ['+62 813 6690 3055 ext. 5', 'phone.invalid'],
    ['0813 6690 3055 0813 6690 3056', 'phone.invalid'],
    ['++6281366903055', 'phone.invalid'],
    ['62+81366903055', 'phone.invalid'],
    ['0813+66903055', 'phone.invalid'],
    ['0813*6690#3055', 'phone.invalid'],
    ['WA 081366903055', 'phone.invalid'],
    ['ayu', 'phone.invalid'],
    ['0-8-0-0-F-L-O-W-E-R', 'phone.invalid'],
    ['٠'.repeat(60), 'phone.invalid'],
    ['0'.repeat(65), 'phone.invalid'],
  ])('%j', (text, fault) => {
    expect(readPhone(text, 'ID')).toEqual({ fault });
  });
});

test('a refusal names the field and its code, and not the number', () => {
  const ask = () => phoneOf({ phone: '6591234567' }, 'ID', 'buyer.phone');
  expect(ask).toThrow(
    expect.objectContaining({
      code: 'request.invalid',
      details: { errors: [expect.objectContaining({ path: 'buyer.phone', code: 'phone.ambiguous' })] },
    }),
  );
  expect(ask).not.toThrow(expect.objectContaining({ details: { errors: [expect.stringMatching(/\d{4}/)] } }));
});

test('a number is shown as people read it, and sent as WhatsApp takes it', () => {
  expect(showPhone(ayu)).toEqual({ text: '+62 813 6690 3055', country: 'ID' });
  expect(phoneDigits(ayu)).toBe('6281366903055');
});

const isMobile = (number: ReturnType<typeof parsePhoneNumberFromString>) =>
  number?.isValid() === true && ['MOBILE', 'FIXED_LINE_OR_MOBILE'].includes(number.getType() ?? '');
const digits = (min: number, max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((all) => all.join(''));

test('the short path for Indonesian numbers answers as the library does', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('+62', '0', '+620', '62', ''),
      fc.constantFrom('8', '81', '82', '83', '84', '85', '86', '87', '88', '89', '80', '2', ''),
      digits(4, 13),
      fc.constantFrom('ID', 'SG', 'TH'),
      (prefix, operator, rest, country) => {
        const text = `${prefix}${operator}${rest}`;
        // A blank keeps the text from the short way, and means nothing to the long one.
        expect(readPhone(text, country)).toEqual(readPhone(`${text.slice(0, -1)} ${text.slice(-1)}`, country));
      },
    ),
    { numRuns: 5000 },
  );
});

test('an accepted number is a mobile number, reads alike everywhere, and equals the library’s reading', () => {
  const countries = fc.constantFrom('ID', 'SG', 'MY', 'TH', 'US', 'GB', 'HK', 'AU', 'IT', 'RU', 'AR', 'MX', 'BR');
  fc.assert(
    fc.property(fc.constantFrom('', '0', '+', '00'), digits(6, 14), countries, (prefix, rest, country) => {
      const read = readPhone(`${prefix}${rest}`, country);
      if (!('e164' in read)) return;
      expect(isMobile(parsePhoneNumberFromString(read.e164))).toBe(true);
      for (const other of ['ID', 'SG', 'US']) expect(readPhone(read.e164, other)).toEqual(read);
      const asWritten = parsePhoneNumberFromString(`${prefix}${rest}`, { defaultCountry: country, extract: false });
      if (isMobile(asWritten)) expect(read.e164).toBe(asWritten?.number);
    }),
    { numRuns: 5000 },
  );
});
