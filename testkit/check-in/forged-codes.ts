import { type KeyObject, generateKeyPairSync, sign } from 'node:crypto';
import type postgres from 'postgres';
import { type Random, seededRandom } from '../../sandbox/random.ts';
import { eventNoOf, readTicketCode, writeSignedCode } from '../../src/orders/tickets/codes/ticket-code.ts';
import { newTicketKey } from '../../src/orders/tickets/codes/ticket-keys.ts';
import { alphabet, decodeBase32, encodeBase32 } from '../../src/platform/text/base32.ts';
import { type DoorEvent, addDoorEvent, addTickets } from './door-event.ts';
import { testEncryptionKey } from './ticket-keys.ts';

/** An event with signed codes, and everything that a forger may have: its codes, codes of another event, and other keys. */
export type Forgery = {
  readonly event: DoorEvent;
  readonly genuine: readonly string[];
  /** The bytes of the event's codes, in base 32. */
  readonly issued: ReadonlySet<string>;
  /** What phones know of the valid keys. */
  readonly signing: { readonly eventNo: number; readonly keys: readonly { keyId: number; publicKey: string }[] };
  /** The next code that must be refused. Deterministic for a seed and its rows. */
  next(): { readonly kind: string; readonly text: string };
};

const ticketsEach = 20;
const keys = { withdrawn: 1, valid: 2, signing: 3 } as const;
/** Parts of the bytes of a signed code. */
const fields = {
  version: [0, 1],
  key: [1, 2],
  event: [2, 6],
  code: [6, 22],
  codesBefore: [22, 23],
  r: [23, 55],
  s: [55, 87],
} as const;
/** The order of the group of Ed25519. */
const groupOrder = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;
const below = 2n ** 256n;
/** Points of small order, by which some implementations accept a signature of anything. */
const smallPoints = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map((hex) => Buffer.from(hex, 'hex'));

export async function openForgery(sql: postgres.Sql, seed: number): Promise<Forgery> {
  const event = await addDoorEvent(sql);
  const other = await addDoorEvent(sql, event);
  const [valid, withdrawn, elsewhere] = [newPair(), newPair(), newPair()];
  await addKey(sql, event, { keyId: keys.withdrawn, publicKey: withdrawn.publicKey, status: 'withdrawn' });
  await addKey(sql, event, { keyId: keys.valid, publicKey: valid.publicKey, status: 'accepted' });
  const { publicKey, privateKey } = newTicketKey(testEncryptionKey, event.eventId, keys.signing);
  await addKey(sql, event, { keyId: keys.signing, publicKey, privateKey, status: 'signing' });
  await addKey(sql, other, { keyId: keys.valid, publicKey: elsewhere.publicKey, status: 'accepted' });
  const codes = (await addTickets(sql, event, ticketsEach)).map(bytesOf);
  const theirs = (await addTickets(sql, other, ticketsEach)).map(bytesOf);
  const write = (of: DoorEvent, keyId: number, key: KeyObject, change = (message: Uint8Array) => message) => {
    return (code: Uint8Array) =>
      writeSignedCode({ keyId, eventNo: eventNoOf(of.eventId), code, codesBefore: 0 }, (message) =>
        sign(null, change(message), key),
      );
  };
  const genuine = codes.map(write(event, keys.valid, valid.privateKey));
  const random = seededRandom(seed);
  const forge = forgers({
    random,
    genuine,
    codes,
    elsewhere: theirs.map(write(other, keys.valid, elsewhere.privateKey)),
    signed: [
      ['key of another event', write(event, keys.valid, elsewhere.privateKey)],
      ['withdrawn key', write(event, keys.withdrawn, withdrawn.privateKey)],
      ['withdrawn key under the number of a valid one', write(event, keys.valid, withdrawn.privateKey)],
      ['unknown key', write(event, 9, valid.privateKey)],
      [
        'signature of the bytes without their purpose',
        write(event, keys.valid, valid.privateKey, (all) => all.subarray(10)),
      ],
      [
        'signature for an earlier version',
        write(event, keys.valid, valid.privateKey, (all) => Buffer.from(all).fill('1', 8, 9)),
      ],
    ],
  });
  const known = new Set(genuine);
  let made = 0;
  return {
    event,
    genuine,
    issued: new Set(codes.map(encodeBase32)),
    signing: {
      eventNo: eventNoOf(event.eventId),
      keys: [
        { keyId: keys.valid, publicKey: valid.publicKey.toString('hex') },
        { keyId: keys.signing, publicKey: publicKey.toString('hex') },
      ],
    },
    next: () => {
      for (;;) {
        const [kind, text] = forge[made % forge.length]?.() ?? ['', ''];
        made += 1;
        // The random change may reproduce the original.
        if (!known.has(text)) return { kind, text };
      }
    },
  };
}

type Forger = () => readonly [kind: string, text: string];

function forgers(given: {
  readonly random: Random;
  readonly genuine: readonly string[];
  readonly codes: readonly Uint8Array[];
  readonly elsewhere: readonly string[];
  readonly signed: readonly (readonly [kind: string, write: (code: Uint8Array) => string])[];
}): readonly Forger[] {
  const { random, genuine, codes, elsewhere, signed } = given;
  const upTo = (count: number) => Math.floor(random() * count);
  const oneOf = <Item>(items: readonly Item[]): Item => items[upTo(items.length)] as Item;
  const letter = () => alphabet.charAt(upTo(alphabet.length));
  const bytes = (from = genuine) => Buffer.from(decodeBase32(oneOf(from)) ?? []);
  const randomBytes = (length: number) => Buffer.from(Array.from({ length }, () => upTo(256)));
  const withField = (into: Buffer, [from, to]: readonly [number, number], value: Buffer) => {
    value.copy(into, from, 0, to - from);
    return encodeBase32(into);
  };
  return [
    () => {
      const changed = bytes();
      for (let flips = 1 + upTo(8); flips > 0; flips -= 1) {
        const at = upTo(changed.length);
        changed[at] = (changed[at] ?? 0) ^ (1 << upTo(8));
      }
      return ['bits flipped', encodeBase32(changed)];
    },
    () => {
      const letters = oneOf(genuine).split('');
      for (let changes = 1 + upTo(4); changes > 0; changes -= 1) letters[upTo(letters.length)] = letter();
      return ['letters changed', letters.join('')];
    },
    () => {
      const code = oneOf(genuine);
      const at = 1 + upTo(code.length - 1);
      return ['two parts exchanged', code.slice(at) + code.slice(0, at)];
    },
    () => {
      const code = oneOf(genuine);
      const cut = 1 + upTo(code.length - 1);
      return ['cut off or lengthened', oneOf([code.slice(0, cut), code.slice(cut), code + letter(), letter() + code])];
    },
    () => ['stray bits in the last letter', oneOf(genuine).slice(0, -1) + alphabet.charAt(1 + upTo(31))],
    () => {
      const [from, to] = oneOf(Object.values(fields));
      const source = random() < 0.5 ? randomBytes(to - from) : bytes(oneOf([genuine, elsewhere])).subarray(from, to);
      return ['one field exchanged', withField(bytes(), [from, to], source)];
    },
    () => [
      'signature of another ticket',
      withField(bytes(), [fields.r[0], fields.s[1]], bytes().subarray(fields.r[0])),
    ],
    () => ['ticket of another event', oneOf(elsewhere)],
    () => ['signature made up', withField(bytes(), [fields.r[0], fields.s[1]], randomBytes(64))],
    () => {
      const code = bytes();
      return [
        'signature written another way',
        withField(code, fields.s, anotherScalar(code.subarray(...fields.s), upTo(15))),
      ];
    },
    () => {
      const code = bytes();
      oneOf(smallPoints).copy(code, fields.r[0]);
      const scalar = oneOf([
        Buffer.alloc(32),
        Buffer.concat([Buffer.of(1), Buffer.alloc(31)]),
        bytesOfScalar(groupOrder),
      ]);
      return ['point of small order', withField(code, fields.s, scalar)];
    },
    () => {
      const code = bytes();
      code[fields.r[1] - 1] = (code[fields.r[1] - 1] ?? 0) ^ 128;
      return ['sign of the point turned', encodeBase32(code)];
    },
    ...signed.map(
      ([kind, write]): Forger =>
        () => [kind, write(oneOf(codes))],
    ),
  ];
}

/** Another scalar with the same value modulo the group's order, or its negative. A verifier that accepts unreduced scalars would accept it. */
function anotherScalar(bytes: Uint8Array, times: number): Buffer {
  const scalar = BigInt(`0x${Buffer.from(Uint8Array.from(bytes).toReversed()).toString('hex')}`);
  const other = scalar + BigInt(times) * groupOrder;
  return bytesOfScalar(times === 0 || other >= below ? groupOrder - scalar : other);
}

function bytesOfScalar(scalar: bigint): Buffer {
  return Buffer.from(Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').toReversed());
}

function newPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { privateKey, publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32) };
}

function bytesOf({ code }: { readonly code: string }): Uint8Array {
  return readTicketCode(code)?.code ?? new Uint8Array();
}

async function addKey(
  sql: postgres.Sql,
  { eventId }: DoorEvent,
  key: { keyId: number; publicKey: Buffer; privateKey?: string; status: string },
): Promise<void> {
  await sql`insert into ticket_keys (event_id, key_id, public_key, private_key, status)
    values (${eventId}, ${key.keyId}, ${key.publicKey}, ${key.privateKey ?? 'v1.unused'}, ${key.status})`;
}
