import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { and, eq, ne, sql } from 'drizzle-orm';
import { decrypt, encrypt } from '../../../platform/crypto.ts';
import { type Db, rowsOf } from '../../../platform/database/db.ts';
import type { Invalidations } from '../../../platform/invalidation/invalidations.ts';
import { createRowCache } from '../../../platform/invalidation/row-cache.ts';
import { encodeBase32 } from '../../../platform/text/base32.ts';
import { type Ticket, type TicketKeyRow, ticketKeys } from '../../tables.ts';
import { type ReadCode, type SignedPart, eventNoOf, writeSignedCode } from './ticket-code.ts';

/** The text of a ticket's QR, and the 26 characters that a person can type instead. */
export type WrittenCode = { readonly code: string; readonly shortCode: string };
export type WriteCode = (ticket: Pick<Ticket, 'code' | 'codesBefore'>) => WrittenCode;

/**
 * The keys of ticket codes, cached in this process until they change: at most half a minute for reading codes, a second for writing them.
 */
export type TicketKeys = {
  /** How the codes of an event are written: signed if it has a signing key, else opaque. */
  writerOf(eventId: string): Promise<WriteCode>;
  /**
   * The code's bytes, if its signature is right; undefined if it is not, or if its key was withdrawn. A code without a signature is
   * returned as it is.
   */
  verified(eventId: string, read: ReadCode): Promise<Uint8Array | undefined>;
  /** The code of a ticket of the event; undefined if there is no such ticket. */
  codeOf(eventId: string, ticketId: string): Promise<Uint8Array | undefined>;
};

const cachedEventsMax = 1000;
const cachedMs = 30_000;
/** A process that does not know a key looks it up again, because it may be new, but no more often than this. */
const lookAgainMs = 1000;
/** Short, because a code written with a withdrawn key would never be valid. */
const writtenWithMs = 1000;
/** A private key in PKCS8 is this prefix and its 32 bytes; so is a public key in SPKI. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');
const verifyAside = promisify(verify);

type EventKeys = {
  readonly readAt: number;
  readonly signing: { readonly keyId: number; readonly key: KeyObject } | undefined;
  readonly accepted: ReadonlyMap<number, KeyObject>;
};

export function createTicketKeys(deps: {
  readonly db: Db;
  readonly encryptionKey: string;
  readonly invalidations: Invalidations;
}): TicketKeys {
  const cache = createRowCache<EventKeys>({
    invalidations: deps.invalidations,
    kind: 'ticket_keys',
    max: cachedEventsMax,
    keptMs: cachedMs,
    idOf: (eventId) => eventId,
  });
  const keysOf = (eventId: string): Promise<EventKeys> => cache.get(eventId, () => eventKeysOf(deps, eventId));

  const readAnew = (eventId: string): Promise<EventKeys> => {
    cache.drop(eventId);
    return keysOf(eventId);
  };

  const isRight = async (eventId: string, signed: SignedPart): Promise<boolean> => {
    let keys = await keysOf(eventId);
    if (!keys.accepted.has(signed.keyId) && performance.now() - keys.readAt > lookAgainMs) {
      keys = await readAnew(eventId);
    }
    const key = keys.accepted.get(signed.keyId);
    return key !== undefined && verifyAside(null, signed.message, key, signed.signature);
  };

  return {
    writerOf: async (eventId) => {
      let keys = await keysOf(eventId);
      if (performance.now() - keys.readAt > writtenWithMs) keys = await readAnew(eventId);
      const { signing } = keys;
      const eventNo = eventNoOf(eventId);
      return ({ code, codesBefore }) => {
        const shortCode = encodeBase32(code);
        if (signing === undefined) return { code: shortCode, shortCode };
        const parts = { keyId: signing.keyId, eventNo, code, codesBefore };
        return { code: writeSignedCode(parts, (message) => sign(null, message, signing.key)), shortCode };
      };
    },
    codeOf: async (eventId, ticketId) => {
      const [row] = await rowsOf<{ code: Buffer }>(
        deps.db,
        sql`select code from tickets where event_id = ${eventId} and id = ${ticketId}`,
      );
      return row?.code;
    },
    verified: async (eventId, { code, signed }) => {
      if (signed === undefined) return code;
      // The key of its own event tells a ticket of another event apart from a forgery.
      const signedFor = signed.eventNo === eventNoOf(eventId) ? eventId : await eventOfCode(deps.db, code);
      if (signedFor === undefined || signed.eventNo !== eventNoOf(signedFor)) return undefined;
      return (await isRight(signedFor, signed)) ? code : undefined;
    },
  };
}

async function eventKeysOf(
  { db, encryptionKey }: { readonly db: Db; readonly encryptionKey: string },
  eventId: string,
): Promise<EventKeys> {
  const rows = await db
    .select()
    .from(ticketKeys)
    .where(and(eq(ticketKeys.eventId, eventId), ne(ticketKeys.status, 'withdrawn')));
  const signing = rows.find(({ status }) => status === 'signing');
  return {
    readAt: performance.now(),
    signing: signing === undefined ? undefined : { keyId: signing.keyId, key: openPrivateKey(encryptionKey, signing) },
    accepted: new Map(rows.map(({ keyId, publicKey }) => [keyId, publicKeyOf(publicKey)])),
  };
}

async function eventOfCode(db: Db, code: Uint8Array): Promise<string | undefined> {
  const [row] = await rowsOf<{ event_id: string }>(
    db,
    sql`select event_id from tickets where code = ${Buffer.from(code)} limit 1`,
  );
  return row?.event_id;
}

/** A new pair of keys, the private one encrypted for its event and number. */
export function newTicketKey(encryptionKey: string, eventId: string, keyId: number) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(pkcs8Head.length);
  return {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(spkiHead.length),
    privateKey: encrypt(encryptionKey, seed.toString('hex'), contextOf(eventId, keyId)),
  };
}

function openPrivateKey(encryptionKey: string, { eventId, keyId, privateKey }: TicketKeyRow): KeyObject {
  const seed = Buffer.from(decrypt(encryptionKey, privateKey, contextOf(eventId, keyId)), 'hex');
  return createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' });
}

function publicKeyOf(bytes: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([spkiHead, bytes]), format: 'der', type: 'spki' });
}

/** The context that a private key is encrypted for. A value copied to another row does not decrypt there. */
function contextOf(eventId: string, keyId: number): string {
  return `ticket_key:${eventId}:${keyId}`;
}
