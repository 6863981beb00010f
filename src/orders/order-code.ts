/** What people read wrongly in Crockford's alphabet. */
const misread: Readonly<Record<string, string>> = { I: '1', L: '1', O: '0' };

/** The ten characters of an order's code as a person typed them: any case, with or without hyphen; undefined if it is none. */
export function parseOrderCode(text: string): string | undefined {
  const code = text
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/[ILO]/g, (letter) => misread[letter] ?? letter);
  return /^[0-9A-HJKMNP-TV-Z]{10}$/.test(code) ? code : undefined;
}
