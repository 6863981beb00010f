/** Longer input is no code, whatever it says; anything up to here is read. */
const inputMax = 200;
const blanks = /[\s\p{Cc}\p{Cf}\p{Z}\u115f\u1160\u3164\u2800]+/gu;
/** Hyphens and dashes of every script, the minus sign, and what phones and Japanese keyboards put in their place. */
const dashes = /[\p{Pd}\u2212\u02d7\u30fc\u2043]/gu;
const codePattern = /^[A-Z0-9-]{1,32}$/;
/** Not the key of any code. */
const noCode = '?';

/** A promo code as a person typed or pasted it, in the one spelling that is kept: capitals, digits, hyphens, no blanks. */
export function cleanPromoCode(text: string): string {
  return text.slice(0, inputMax).normalize('NFKC').replace(blanks, '').replace(dashes, '-').toUpperCase();
}

/**
 * What a promo code is found by: its letters and digits. Null when nothing was typed; text that cannot be a code has a key
 * that no code has, so it is refused as any other code that does not exist.
 */
export function promoKeyOf(text: string): string | null {
  if (text === '') return null;
  const code = cleanPromoCode(text);
  if (code === '') return null;
  const key = code.replaceAll('-', '');
  return text.length <= inputMax && key !== '' && codePattern.test(code) ? key : noCode;
}
