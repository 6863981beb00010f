/** Text that a spreadsheet reads as a formula, also after white space and in full-width forms. */
const formulaStart = /^[\s\uFEFF]*[=+\-@|%＝＋－＠]|^[\t\r\n]/u;
/** A day with the name of a month, in English or Indonesian. MEI-25 may be a promo code, and it is also a day. */
const dateLike = /^[\d\s.,/-]*(?:jan|feb|mar|apr|mei|may|jun|jul|agu|aug|sep|okt|oct|nov|des|dec)[a-z]*[\d\s.,/-]*$/i;
const truthValue = /^\s*(?:true|false|benar|salah)\s*$/i;

/**
 * One line of a CSV file (RFC 4180). Text that a spreadsheet would run as a formula, or turn into a number or a date,
 * gets an apostrophe in front, which spreadsheets read as "this is text". Numbers stay numbers. Text with either separator
 * is quoted.
 */
export function csvLine(values: readonly (string | number)[], separator: ',' | ';' = ','): string {
  return `${values.map(csvField).join(separator)}\r\n`;
}

function csvField(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = isChanged(value) ? `'${value}` : value;
  return /[",\r\n;]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

function isChanged(text: string): boolean {
  return (
    formulaStart.test(text) || isNumberLike(text) || (/\d/.test(text) && dateLike.test(text)) || truthValue.test(text)
  );
}

/**
 * Digits without letters, except for an exponent and am or pm: 0812 would lose its 0, 1E5 would become 100000, and 3-4
 * a day in April.
 */
function isNumberLike(text: string): boolean {
  const bare = text.replace(/[ap]m\s*$/i, '').replaceAll(/e/gi, '');
  return /\d/.test(bare) && !/\p{L}/u.test(bare);
}
