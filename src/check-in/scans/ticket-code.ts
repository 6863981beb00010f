import { decodeBase32, plainBase32, readLookalikes } from '../../platform/ids.ts';
import { codeLengthMax } from '../limits.ts';

/** 16 bytes in base 32. */
const codeLength = 26;

/**
 * The 16 bytes of a ticket's code, in every form that scanners and people give it: any case, with blanks and hyphens, in
 * full-width letters, with O for 0 and I or L for 1, surrounded by what scanners add (an AIM prefix such as `]Q3`, STX,
 * ETX, GS, CR, LF, Tab), or as a link with the code in its path, query or fragment. Undefined if the text contains no code,
 * or a link contains two.
 */
export function readTicketCode(text: string): Uint8Array | undefined {
  if (text.length > codeLengthMax) return undefined;
  const plain = plainBase32(text);
  const whole = readPlain(plain.replace(/^\][A-Z][0-9A-Z]/, '')) ?? readPlain(plain);
  if (whole !== undefined) return whole;
  const parts = decodePercent(text)
    .normalize('NFKC')
    .toUpperCase()
    .split(/[^0-9A-Z]+/);
  const codes = new Map(parts.flatMap((part) => (readPlain(part) === undefined ? [] : [[readLookalikes(part), part]])));
  const [code] = codes.keys();
  return codes.size === 1 && code !== undefined ? readPlain(code) : undefined;
}

function readPlain(plain: string): Uint8Array | undefined {
  if (plain.length !== codeLength) return undefined;
  return decodeBase32(readLookalikes(plain));
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
