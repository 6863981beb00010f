import { decodeBase32, encodeBase32, plainBase32, readLookalikes } from '../../../platform/text/base32.ts';

/**
 * The content of a ticket's QR code, written and read. Also for browsers, so it uses nothing of Node.
 *
 * Opaque: the 16 random bytes of the ticket's code in base 32, 26 characters. Signed: version 2 (1 byte), number of the
 * key (1), event (4), the same 16 bytes, codes that the ticket had before (1), and the Ed25519 signature over
 * "ticket.v2", a zero byte and these 23 bytes (64): 87 bytes, 140 characters.
 */

const codeBytes = 16;
const codeLength = 26;
const version = 2;
const payloadBytes = 23;
const signedLength = 140;
const domain = new TextEncoder().encode('ticket.v2\0');
/** Far longer than any code or link to one. Longer text is no code, and is not read. */
const textLengthMax = 1000;

export type SignedPart = {
  readonly keyId: number;
  /** `eventNoOf` of the event that it was signed for. */
  readonly eventNo: number;
  /** The signed bytes. */
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
};

/** The code's 16 bytes; `signed` if the text is a signed code, whose signature is not verified yet. */
export type ReadCode = { readonly code: Uint8Array; readonly signed: SignedPart | undefined };

/**
 * Reads a code in every form that scanners and people produce: any case, with blanks and hyphens, in full-width
 * letters, with O for 0 and I or L for 1, surrounded by what scanners add (an AIM prefix such as `]Q3`, STX, ETX, GS,
 * CR, LF, Tab), or as a link with the code in its path, query or fragment. Undefined if the text contains no code, or a
 * link contains two.
 */
export function readTicketCode(text: string): ReadCode | undefined {
  if (text.length > textLengthMax) return undefined;
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

function readPlain(plain: string): ReadCode | undefined {
  if (plain.length !== codeLength && plain.length !== signedLength) return undefined;
  const bytes = decodeBase32(readLookalikes(plain));
  if (bytes === undefined) return undefined;
  return bytes.length === codeBytes ? { code: bytes, signed: undefined } : readSigned(bytes);
}

function readSigned(bytes: Uint8Array): ReadCode | undefined {
  if (bytes[0] !== version) return undefined;
  return {
    code: bytes.slice(6, 6 + codeBytes),
    signed: {
      keyId: bytes[1] ?? 0,
      eventNo: new DataView(bytes.buffer, bytes.byteOffset).getUint32(2),
      message: messageOf(bytes.subarray(0, payloadBytes)),
      signature: bytes.slice(payloadBytes),
    },
  };
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The first four bytes of the event's key: enough to tell whose key a code was signed with. */
export function eventNoOf(eventId: string): number {
  const bytes = decodeBase32(eventId.slice(4));
  if (bytes === undefined) throw new RangeError('not the id of an event');
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

/** Writes a signed code. @param sign the Ed25519 signature of these bytes */
export function writeSignedCode(
  parts: {
    readonly keyId: number;
    readonly eventNo: number;
    readonly code: Uint8Array;
    readonly codesBefore: number;
  },
  sign: (message: Uint8Array) => Uint8Array,
): string {
  const payload = new Uint8Array(payloadBytes);
  payload[0] = version;
  payload[1] = parts.keyId;
  new DataView(payload.buffer).setUint32(2, parts.eventNo);
  payload.set(parts.code, 6);
  payload[payloadBytes - 1] = parts.codesBefore & 255;
  return encodeBase32(Uint8Array.of(...payload, ...sign(messageOf(payload))));
}

function messageOf(payload: Uint8Array): Uint8Array {
  return Uint8Array.of(...domain, ...payload);
}
