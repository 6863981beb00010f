import {
  type CountryCode,
  type PhoneNumber,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import { requestInvalid } from '../errors.ts';
import { inputFault } from '../field-faults.ts';

/**
 * Phone numbers as people write and paste them. Every number that enters the service goes through `readPhone`; inside, a
 * phone is always its E.164 text, such as +6281234567890.
 */

/** ISO 3166-1 alpha-2 codes of the countries whose numbering plan is known. */
export const phoneCountries: readonly string[] = getCountries();

/** The calling code of a country. */
export function callingCodeOf(country: string): string {
  return isSupportedCountry(country) ? getCountryCallingCode(country) : '';
}

export function isPhoneCountry(code: string): boolean {
  return isSupportedCountry(code);
}

export type PhoneFault =
  /** Not a number of any country, or one that cannot exist. */
  | 'phone.invalid'
  /** A number that exists and takes no messages: a fixed line, a service number. */
  | 'phone.not_mobile'
  /** Not valid in its assumed country, but valid in another one if a plus sign is missing: the person is asked. */
  | 'phone.ambiguous';

export type ReadPhone = { readonly e164: string } | { readonly fault: PhoneFault };

/**
 * The usual form is read without the library, which takes 12 us per number. A test checks that both give equal results.
 */
const plainIndonesian = /^(\+62|0)(8[1-35-9]\d{7,10})$/;

/** The longest text that is read. E.164 has 15 digits; the rest are blanks, brackets and copied marks. */
export const phoneTextMax = 64;

/**
 * Reads a phone number. With + or 00 the number names its country. Otherwise it belongs to the country that the person
 * chose, else to the event's. A number that would only be valid with a plus sign is never guessed: tickets would go to
 * a stranger abroad.
 * @param country of the event
 * @param chosen by the person, where a form asks for it
 */
export function readPhone(text: string, country: string, chosen?: string): ReadPhone {
  const [, prefix, mobile] = plainIndonesian.exec(text) ?? [];
  if (mobile !== undefined && (prefix === '+62' || (chosen ?? country) === 'ID')) return { e164: `+62${mobile}` };
  const digits = cleanPhone(text);
  if (digits === undefined) return { fault: 'phone.invalid' };
  if (digits.startsWith('+')) return judge([international(digits)]);
  const countries = [...new Set([chosen ?? country, country])];
  const national = countries.map((code) => parse(digits, code));
  if (digits.startsWith('00')) {
    // 00 is the usual prefix for calls abroad, but not everywhere: 0011 in Australia, 001 in Singapore and Indonesia.
    const readings = [international(`+${digits.slice(2)}`), ...national].filter(
      (number) => number !== undefined && isMobile(number),
    );
    if (new Set(readings.map((number) => number?.number)).size > 1) return { fault: 'phone.ambiguous' };
    return judge(readings.length > 0 ? readings : [international(`+${digits.slice(2)}`)]);
  }
  const read = judge(national);
  if ('e164' in read) return read;
  const abroad = international(`+${digits}`);
  return abroad !== undefined && isMobile(abroad) ? { fault: 'phone.ambiguous' } : read;
}

/**
 * The phone that somebody gave, in E.164.
 * @param country of the event
 * @param path of the field, for the fault
 * @throws DomainError request.invalid with the fault's code
 */
export function phoneOf(
  given: { readonly phone: string; readonly phoneCountry?: string | undefined },
  country: string,
  path: string,
): string {
  const read = readPhone(given.phone, country, given.phoneCountry);
  if ('e164' in read) return read.e164;
  throw requestInvalid([inputFault(path, read.fault)]);
}

/** Digits alone, as WhatsApp takes a number. @param e164 from `readPhone` */
export function phoneDigits(e164: string): string {
  return e164.replace('+', '');
}

/** The number as people read it, such as "+62 812 3456 7890", with the country that it belongs to. @param e164 from `readPhone` */
export function showPhone(e164: string): { readonly text: string; readonly country: string | undefined } {
  const number = parsePhoneNumberFromString(e164);
  return { text: number?.formatInternational() ?? e164, country: number?.country };
}

/**
 * The digits, after a plus sign if there is one; undefined if the text holds anything that is no part of a number.
 * Copied numbers bring direction marks, unusual blanks and dashes, and digits of other scripts, most of them invisible.
 */
function cleanPhone(text: string): string | undefined {
  if (text.length > phoneTextMax) return undefined;
  const plain = text
    .normalize('NFKC')
    .replaceAll(/\p{Nd}/gu, asciiDigit)
    .replace(/^[\p{DI}\s]*(?:tel:)/iu, '')
    .replaceAll(/[\p{DI}\p{Cf}\s\p{Pd}()[\].,/·•‧∙・。−⁃‐~_]/gu, '');
  return /^\+?\d{3,20}$/.test(plain) ? plain : undefined;
}

/** Digits of a script stand in rows of ten, from its zero. */
function asciiDigit(digit: string): string {
  const point = digit.codePointAt(0) ?? 0;
  if (point < 0x80) return digit;
  let zero = point;
  while (zero > 0 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((point - zero) % 10);
}

/** The number with its country's digits in front. Zeros that were left behind them do not count: +62 0812 is +62 812. */
function international(digits: string): PhoneNumber | undefined {
  const number = parsePhoneNumberFromString(digits, { extract: false });
  if (number === undefined || number.isValid() || !number.nationalNumber.startsWith('0')) return number;
  const withoutZeros = `+${number.countryCallingCode}${number.nationalNumber.replace(/^0+/, '')}`;
  return parsePhoneNumberFromString(withoutZeros, { extract: false }) ?? number;
}

/** The number as it is written in a country, with or without its calling code. */
function parse(digits: string, country: string): PhoneNumber | undefined {
  if (!isSupportedCountry(country)) return undefined;
  const defaultCountry: CountryCode = country;
  return parsePhoneNumberFromString(digits, { defaultCountry, extract: false });
}

function judge(readings: readonly (PhoneNumber | undefined)[]): ReadPhone {
  const mobile = readings.find((number) => number !== undefined && isMobile(number));
  if (mobile !== undefined) return { e164: mobile.number };
  return { fault: readings.some((number) => number?.isValid()) ? 'phone.not_mobile' : 'phone.invalid' };
}

/** Where a country's plan does not tell mobile numbers from fixed lines, as in North America, both count. */
function isMobile(number: PhoneNumber): boolean {
  const type = number.getType();
  return type === 'MOBILE' || type === 'FIXED_LINE_OR_MOBILE';
}
