const digitsMin = 4;

/**
 * The last four digits of what a person typed as a phone number, or as the end of one; undefined for any other text. The door keeps no
 * more of a number.
 */
export function phoneEnd(text: string): string | undefined {
  const plain = text.normalize('NFKC');
  if (!/^[\d+().\s\p{Pd}]+$/u.test(plain)) return undefined;
  const digits = plain.replace(/\D/g, '');
  return digits.length < digitsMin ? undefined : digits.slice(-digitsMin);
}
