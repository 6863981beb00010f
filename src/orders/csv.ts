/** What a spreadsheet takes for a formula, also behind white space and in its full-width forms. */
const formulaStart = /^[\s\uFEFF]*[=+\-@|%＝＋－＠]|^[\t\r\n]/u;

/**
 * One line of a CSV file (RFC 4180). Text that a spreadsheet would run as a formula gets an apostrophe in front, which
 * spreadsheets read as "this is text"; numbers stay numbers.
 */
export function csvLine(values: readonly (string | number)[]): string {
  return `${values.map(csvField).join(',')}\r\n`;
}

function csvField(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = formulaStart.test(value) ? `'${value}` : value;
  return /[",\r\n;]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
