/**
 * `Forwarded` (RFC 7239), read from the right. Each proxy appends its own element: the last elements are the proxies',
 * the first ones are the client's. A client could mislead a parser that starts at the left. No library that was
 * examined reads from the right (`forwarded-parse` refuses the whole header for a fault at its left).
 */

/** The last element of the header before `end`, and where the elements before it end; -1 if there are none. */
export function lastElement(header: string, end: number): { readonly element: string; readonly before: number } {
  let isQuoted = false;
  for (let index = end - 1; index >= 0; index -= 1) {
    const letter = header.charCodeAt(index);
    if (letter === quote && !(isQuoted && isEscaped(header, index))) isQuoted = !isQuoted;
    else if (letter === comma && !isQuoted) return { element: header.slice(index + 1, end), before: index };
  }
  return { element: header.slice(0, end), before: -1 };
}

/** The value after `for=` in an element; undefined when the element is malformed or has not exactly one `for`. */
export function forOf(element: string): string | undefined {
  let found: string | undefined;
  let rest = element.trim();
  while (rest !== '') {
    const [whole, name, value] = pair.exec(rest) ?? [];
    if (whole === undefined || name === undefined) return undefined;
    if (name.toLowerCase() === 'for') {
      if (found !== undefined) return undefined;
      found = value;
    }
    rest = rest.slice(whole.length);
  }
  return found;
}

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
/** One pair and the semicolon after it. IPv6 and ports belong in quotes; many proxies leave the quotes out. */
const pair = /^\s*([\w!#$%&'*+.^`|~-]+)=("(?:[^"\\]|\\.)*"|[^\s";,]+)\s*(?:;|$)/;

/** An odd number of backslashes before a quote makes the quote part of the text. */
function isEscaped(header: string, at: number): boolean {
  let slashes = 0;
  for (let index = at - 1; index >= 0 && header.charCodeAt(index) === backslash; index -= 1) slashes += 1;
  return slashes % 2 === 1;
}
