import { foldText } from '../../catalog/index.ts';
import { alphabet, decodeBase32, plainBase32, readLookalikes } from '../../platform/text/base32.ts';
import { callingCodeOf, phoneTextMax } from '../../platform/text/phone-number.ts';
import { homeCountry } from '../../platform/text/home.ts';
import { codeLength, ticketCodeLength } from './read-query.ts';

/** What a text may have been meant as, if one of its characters is wrong, missing or too many, or two neighbours are swapped. */
export type NearMisses = {
  readonly codes: readonly string[];
  /** Bytes of ticket codes, in hex. */
  readonly tickets: readonly string[];
  /** The digits of whole phone numbers. */
  readonly phones: readonly string[];
};

const digits = '0123456789';
/** A shorter number is a part of one, which is near to those of many people. */
const phoneMin = 9;
/** E.164. */
const phoneMax = 15;

/**
 * Whole codes and whole numbers only, which have some hundreds of neighbours: each of them is looked up exactly, so that a search
 * costs the same in an event of any size.
 * @param country whose numbers are typed without a calling code
 */
export function readNearMisses(q: string, country: string = homeCountry): NearMisses {
  const plain = readLookalikes(plainBase32(q));
  const isCode = /^[0-9A-Z]+$/.test(plain);
  const near = (length: number) => (isCode ? neighboursOf(plain, alphabet, length) : []);
  return {
    codes: near(codeLength),
    tickets: near(ticketCodeLength).flatMap((code) => {
      const bytes = decodeBase32(code);
      return bytes === undefined ? [] : [Buffer.from(bytes).toString('hex')];
    }),
    phones: phonesNear(q, country),
  };
}

/** Numbers at home are stored with the calling code, and typed with a zero, with the calling code, or with neither. */
function phonesNear(q: string, country: string): readonly string[] {
  if (q.length > phoneTextMax || !/^[\p{Nd}+().\s-]+$/u.test(q)) return [];
  const typed = foldText(q).replace(/\D/g, '');
  if (typed.length < phoneMin || typed.length > phoneMax + 1) return [];
  const near = [typed.length - 1, typed.length, typed.length + 1].flatMap((length) =>
    neighboursOf(typed, digits, length),
  );
  const whole = near.flatMap((one) => {
    const bare = one.replace(/^0+/, '');
    return [bare, `${callingCodeOf(country)}${bare}`];
  });
  return [...new Set(whole)].filter(({ length }) => length <= phoneMax);
}

/** The texts of this length that one typing mistake turns into the given one. */
function neighboursOf(text: string, letters: string, length: number): readonly string[] {
  const found = new Set<string>();
  const at = (from: number, to: number, between: string) => found.add(text.slice(0, from) + between + text.slice(to));
  for (let place = 0; place <= text.length; place += 1) {
    if (length === text.length + 1) for (const letter of letters) at(place, place, letter);
    if (place === text.length) break;
    if (length === text.length - 1) at(place, place + 1, '');
    if (length !== text.length) continue;
    for (const letter of letters) at(place, place + 1, letter);
    at(place, place + 2, `${text.charAt(place + 1)}${text.charAt(place)}`);
  }
  found.delete(text);
  return [...found];
}
