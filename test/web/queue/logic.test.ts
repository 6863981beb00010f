import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/platform/clock.ts';
import { createChallenges } from '../../../src/waiting-room/places/challenge.ts';
import { sha256, toHex } from '../../../src/web/client/queue/bytes.ts';
import { estimateText } from '../../../src/web/client/queue/estimate-text.ts';
import { type Held, heldPlace, leavePlace, spend, withoutExpired } from '../../../src/web/client/queue/held-place.ts';
import { positionOf } from '../../../src/web/client/queue/position.ts';
import { asRead, joinAfterMs, lookAgainMs, servingNow, waitOf } from '../../../src/web/client/queue/progress.ts';
import { drawKeyOf, leafOf, seedHashOf } from '../../../src/web/client/queue/proof.ts';
import type { DrawsView, PublishedDraw, QueueView } from '../../../src/web/client/queue/queue-view.ts';
import { solveChallenge } from '../../../src/web/client/queue/solve-challenge.ts';
import { stageOf } from '../../../src/web/client/queue/stage.ts';
import { type CheckName, verifyPlace } from '../../../src/web/client/queue/verify-place.ts';
import { recordCommitments } from '../../../src/web/client/queue/record-commitments.ts';
import { pageStorage } from '../../../src/web/client/shared/page-storage.ts';

/** Guards that the waiting page shows the truth, polls rarely, and verifies what it can. */

const at = Date.parse('2026-11-20T12:00:00Z');
const time = (seconds: number) => new Date(at + seconds * 1000).toISOString();
const place = {
  token: 't',
  index: 4,
  accountKey: 'a'.repeat(22),
  salt: '11'.repeat(16),
  address: { kind: 'email', text: 'a@b.test' },
} as const;

function queueOf(change: Partial<QueueView> = {}): QueueView {
  return {
    phase: 'open',
    preQueueOpensAt: time(-3600),
    freezesAt: time(-1800),
    opensAt: time(-600),
    isLate: false,
    isPaused: false,
    isSaleOver: false,
    places: 1000,
    serving: 100,
    servingAt: time(0),
    ratePerSecond: 2,
    lapsedBelow: 10,
    stock: 'many',
    pollSeconds: 40,
    turnSeconds: 300,
    passSeconds: 600,
    challengeDifficulty: 0,
    draw: null,
    serverTime: time(0),
    ...change,
  };
}

test('a confirmation that has expired is asked for again, and nothing else is lost', () => {
  const buyer = { token: 'b', address: place.address, expiresAt: time(60) };
  const held: Held = { buyer, insteadOf: 4, seen: [] };
  expect(withoutExpired(held, at)).toEqual(held);
  expect(withoutExpired(held, at + 60_000)).toEqual({ insteadOf: 4, seen: [] });
});

test('a buyer who leaves a place whose turn has passed joins anew, and confirms again only if that was long ago', () => {
  const confirmed = { token: 'b', expiresAt: time(60) };
  const held: Held = { place: { ...place, confirmed }, isLapsed: true, seen: [] };
  expect(leavePlace(held, at)).toEqual({ insteadOf: 4, seen: [], buyer: { ...confirmed, address: place.address } });
  expect(leavePlace(held, at + 61_000)).toEqual({ insteadOf: 4, seen: [] });
  // Held by an earlier release of this page.
  expect(leavePlace({ place }, at)).toEqual({ insteadOf: 4 });
});

test('the stored and the published state determine one stage', () => {
  const kind = (held: Held, position: number | undefined, change?: Partial<QueueView>) =>
    stageOf(queueOf(change), held, position, at).kind;
  expect(kind({}, undefined, { phase: 'closed' })).toBe('not_yet');
  expect(kind({}, undefined, { phase: 'pre_queue' })).toBe('join');
  expect(kind({}, undefined)).toBe('join');
  expect(kind({}, undefined, { phase: 'probably_sold_out' })).toBe('sold_out');
  expect(kind({ place }, undefined, { phase: 'pre_queue' })).toBe('joined');
  expect(kind({ place }, undefined, { phase: 'drawing' })).toBe('drawing');
  expect(kind({ place }, 99, { phase: 'drawing' })).toBe('drawn');
  expect(kind({ place }, 100)).toBe('waiting');
  expect(kind({ place }, 99)).toBe('called');
  expect(kind({ place }, 9)).toBe('lapsed');
  expect(kind({ place }, 100, { phase: 'probably_sold_out' })).toBe('sold_out');
  expect(kind({ place }, 99, { phase: 'probably_sold_out' })).toBe('called');
  const pass = { text: 'p', expiresAt: time(60) };
  expect(kind({ place, pass }, 9)).toBe('passed');
  expect(kind({ place, pass: { text: 'p', expiresAt: time(0) } }, 99)).toBe('called');
  expect(kind({ place, pass }, 9, { phase: 'over' })).toBe('over');
  expect(kind({ place }, 100, { phase: 'over', stock: 'none' })).toBe('all_sold');
  expect(kind({ place }, 100, { phase: 'over', isSaleOver: true })).toBe('sale_over');
  const spent = spend({ place, pass }, 'ord_1');
  expect(kind(spent, 9)).toBe('spent');
  expect(kind({ ...spent, isUnpaid: true }, 9)).toBe('unpaid');
  expect(kind({ ...spent, isUnpaid: true }, 99)).toBe('spent');
  expect(kind({ ...spent, isUnpaid: true }, 9, { phase: 'over' })).toBe('over');
  expect(leavePlace({ ...spent, isUnpaid: true }, at)).toEqual({ insteadOf: 4 });
});

test('the page polls after a quarter of the wait, between 2 and 60 seconds, jittered by a fifth, and in time for its turn', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 1_000_000 }),
      fc.double({ min: 0, max: 500, noNaN: true }),
      fc.integer({ min: 60, max: 3600 }),
      fc.boolean(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (position, ratePerSecond, turnSeconds, isHidden, random) => {
        const queue = queueOf({ ratePerSecond, turnSeconds, places: 2_000_000 });
        const wait = lookAgainMs(queue, { kind: 'waiting', position }, { nowMs: at, isHidden, random }) ?? 0;
        expect(wait).toBeGreaterThanOrEqual(1600);
        expect(wait).toBeLessThanOrEqual(Math.min(72_000, turnSeconds * 400));
      },
    ),
  );
  const wait = (position: number, isHidden: boolean) =>
    lookAgainMs(queueOf(), { kind: 'waiting', position }, { nowMs: at, isHidden, random: 0.5 });
  expect([wait(180, false), wait(180, true), wait(100, false)]).toEqual([10_000, 30_000, 2000]);
  const none = { nowMs: at, isHidden: false, random: 0.5 };
  for (const kind of ['over', 'all_sold', 'sale_over'] as const)
    expect(lookAgainMs(queueOf({ phase: 'over' }), { kind }, none)).toBeUndefined();
});

test('pages that waited for the line to open do not join all at once; a buyer who has just confirmed joins at once', () => {
  expect([0, 0.5, 1].map((random) => joinAfterMs('not_yet', random))).toEqual([0, 2500, 5000]);
  expect([joinAfterMs('join', 1), joinAfterMs(undefined, 1)]).toEqual([0, 0]);
});

test('progress is extrapolated, but not beyond what is known', () => {
  const queue = queueOf();
  expect(servingNow(queue, at + 10_000)).toBe(120);
  expect(servingNow(queue, at - 10_000)).toBe(100);
  expect(servingNow(queue, at + 3_600_000)).toBe(280);
  expect(servingNow(queueOf({ places: 105 }), at + 60_000)).toBe(105);
  expect(servingNow(queueOf({ phase: 'probably_sold_out' }), at + 60_000)).toBe(100);
  expect(waitOf(queue, 160, at)).toEqual({ ahead: 60, seconds: 30 });
  expect(waitOf(queueOf({ isPaused: true }), 160, at).seconds).toBeUndefined();
  // A document that is old when it is read: Postgres is away, and nobody is called.
  const old = asRead(queue, at + 30_000);
  expect([servingNow(old, at + 30_000), waitOf(old, 160, at + 30_000).seconds]).toEqual([100, undefined]);
  expect(asRead(queue, at + 10_000)).toBe(queue);
  expect([20, 70, 900, 5000].map((seconds) => estimateText(seconds, 'en'))).toEqual([
    'less than a minute',
    'about 2 minutes',
    'about 15 minutes',
    'about 1 h 30 min',
  ]);
  expect(estimateText(undefined, 'id')).toBe('belum dapat dikatakan');
});

test('the work is solved as the service asks for it, even when the difficulty has changed meanwhile', async () => {
  const challenges = createChallenges({ secret: 'x'.repeat(40), clock: systemClock });
  const bound = { eventId: 'evt_7K3M9XQ2', accountKey: 'a'.repeat(22) };
  for (const [asked, known] of [
    [400, 400],
    [400, 0],
    [50, 3000],
    [3000, 50],
    [1, 1],
  ] as const) {
    const { parameters, signature = '' } = await challenges.issue({ ...bound, difficulty: asked });
    const challenge = { parameters: { ...parameters, keyLength: parameters.keyLength ?? 32 }, signature };
    const solution = await solveChallenge(challenge, { difficulty: known, onProgress: () => undefined });
    expect(challenges.isSolved(solution ?? '', bound)).toBe(true);
  }
});

test('what another release or another program has stored is ignored', () => {
  for (const text of ['', 'null', '[]', '7', '{"place":7}', '{"place":{"token":1}}', '{broken']) {
    const mine = heldPlace('senja', { getItem: () => text, setItem: () => {}, removeItem: () => {} });
    expect(mine.read()).toEqual({});
  }
  // There is no storage here at all.
  const mine = heldPlace('senja', pageStorage('localStorage'));
  mine.write({ place });
  expect(mine.read()).toEqual({ place });
});

test('a draw is recorded once, its root as soon as it exists, and neither is rewritten', () => {
  const summary = {
    number: 1,
    state: 'frozen',
    seedHash: 'aa',
    beaconRound: 9,
    beaconRoundAt: time(30),
    frozenPlaces: 5,
  } as const;
  const first = recordCommitments([], summary, at);
  expect(recordCommitments(first, { ...summary, seedHash: 'bb' }, at + 1)).toBe(first);
  const rooted = recordCommitments(first, { ...summary, merkleRoot: 'cc' }, at + 2);
  expect(rooted).toEqual([
    { number: 1, seedHash: 'aa', beaconRound: 9, seenAt: at, merkleRoot: 'cc', rootSeenAt: at + 2 },
  ]);
  expect(recordCommitments(rooted, { ...summary, merkleRoot: 'dd' }, at + 3)).toBe(rooted);
});

const eventId = 'evt_7K3M9XQ2';
const seed = sha256(Uint8Array.of(1));
const signature = '22'.repeat(48);
const randomness = sha256(Buffer.from(signature, 'hex'));
const own = { ...place, index: 0 };
const root = leafOf(eventId, 0, Buffer.from(own.salt, 'hex'), own.accountKey);
const parts = { eventId, number: 1, seed, beaconRandomness: randomness, merkleRoot: root, places: 1, voidedPlaces: [] };
const genesis = at / 1000 - 300;
const draw: PublishedDraw = {
  number: 1,
  state: 'drawn',
  seedHash: toHex(seedHashOf(seed)),
  beaconRound: 101,
  beaconRoundAt: time(0),
  committedAt: time(-100),
  frozenAt: time(-30),
  places: 1,
  voidedPlaces: [],
  merkleRoot: toHex(root),
  rootedAt: time(-29),
  seed: toHex(seed),
  beaconSignature: signature,
  beaconRandomness: toHex(randomness),
  drawKey: toHex(drawKeyOf(parts)),
};
const seen = [
  {
    number: 1,
    seedHash: draw.seedHash,
    beaconRound: 101,
    seenAt: at - 90_000,
    merkleRoot: toHex(root),
    rootSeenAt: at - 20_000,
  },
];

function wrongOf(
  change: Partial<PublishedDraw>,
  more: { siblings?: string[]; isSigned?: boolean; seen?: typeof seen } = {},
) {
  const published: DrawsView = {
    eventId,
    beacon: { chain: 'c', publicKey: 'k', genesis, periodSeconds: 3 },
    draws: [{ ...draw, ...change }],
  };
  const proof = { index: 0, places: 1, leaf: toHex(root), siblings: more.siblings ?? [], merkleRoot: toHex(root) };
  const result = verifyPlace(
    published,
    proof,
    { place: own, seen: more.seen ?? seen, shown: positionOf(sha256(seed), 1, 0) },
    () => more.isSigned ?? true,
  );
  const named = (verdict: string) =>
    result?.checks.filter((check) => check.verdict === verdict).map(({ name }) => name);
  return { wrong: named('wrong'), open: named('open') };
}

test('every check of a true draw passes; each falsified part fails its own check', () => {
  expect(wrongOf({})).toEqual({ wrong: [], open: [] });
  expect(wrongOf({}, { seen: [] })).toEqual({ wrong: [], open: ['promise', 'root'] });
  const lies: readonly (readonly [CheckName, ReturnType<typeof wrongOf>])[] = [
    ['seed', wrongOf({ seed: toHex(sha256(Uint8Array.of(2))) })],
    ['promise', wrongOf({ seedHash: '00'.repeat(32) })],
    ['list', wrongOf({}, { siblings: [toHex(root)] })],
    ['root', wrongOf({ merkleRoot: '00'.repeat(32) })],
    ['times', wrongOf({ rootedAt: time(1) })],
    ['times', wrongOf({ beaconRound: 102 })],
    ['beacon', wrongOf({}, { isSigned: false })],
    ['beacon', wrongOf({ beaconRandomness: '00'.repeat(32) })],
    ['key', wrongOf({ drawKey: '00'.repeat(32) })],
  ];
  for (const [name, { wrong }] of lies) expect(wrong).toContain(name);
  expect(wrongOf({ state: 'frozen' }).wrong).toBeUndefined();
});
