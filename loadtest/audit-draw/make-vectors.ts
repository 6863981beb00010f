import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { drawKeyOf, leafOf, positionOf, proofOf, rootOf, seedHashOf } from '../../src/waiting-room/draw/index.ts';
import { levelsOf, rootOfLevels } from '../../src/waiting-room/draw/tree/merkle.ts';

/**
 * Writes docs/features/draw-vectors.json. Its inputs are hashes of counters, its outputs come from the service's code. Tests compare
 * both implementations with the file in the repository.
 */

const eventId = 'evt_7K3M9XQ2';
const made = (label: string, bytes = 32) =>
  createHash('sha256').update(`antre vector ${label}`).digest().subarray(0, bytes);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function listOf(places: number) {
  const accounts = Array.from({ length: places }, (_, index) => ({
    salt: made(`salt ${index}`, 16),
    accountKey: made(`account ${index}`).toString('base64url').slice(0, 22),
  }));
  const leaves = accounts.map(({ salt, accountKey }, index) => leafOf(eventId, index, salt, accountKey));
  const chunks = Array.from({ length: Math.ceil(places / 1024) }, (_, chunk) =>
    Buffer.concat(leaves.slice(chunk * 1024, (chunk + 1) * 1024)),
  );
  return { accounts, leaves, chunkTrees: chunks.map(levelsOf), root: rootOf(leaves) };
}

function vector(places: number, number: number, voidedPlaces: readonly number[], shown: readonly number[]) {
  const { accounts, leaves, chunkTrees, root: merkleRoot } = listOf(places);
  const rootTree = levelsOf(Buffer.concat(chunkTrees.map(rootOfLevels)));
  const seed = made(`seed ${places}`);
  const beaconRandomness = made(`beacon ${places}`);
  const drawKey = drawKeyOf({ eventId, number, seed, beaconRandomness, merkleRoot, places, voidedPlaces });
  return {
    eventId,
    number,
    places,
    voidedPlaces,
    seed: hex(seed),
    seedHash: hex(seedHashOf(seed)),
    beaconRandomness: hex(beaconRandomness),
    merkleRoot: hex(merkleRoot),
    drawKey: hex(drawKey),
    shown: shown.map((index) => ({
      index,
      salt: hex(accounts[index]?.salt ?? made('none')),
      accountKey: accounts[index]?.accountKey ?? '',
      leaf: hex(leaves[index] ?? made('none')),
      siblings: proofOf(index, chunkTrees[Math.floor(index / 1024)] ?? rootTree, rootTree).map(hex),
      position: positionOf({ frozenPlaces: places, drawKey }, index),
    })),
  };
}

const vectors = {
  about:
    'Test vectors of docs/features/draw.md. Account key i is the first 22 letters of base64url(SHA-256("antre vector account i")), salt i the first 16 bytes of SHA-256("antre vector salt i").',
  draws: [
    vector(1, 1, [], [0]),
    vector(5, 1, [1, 3], [0, 1, 2, 3, 4]),
    vector(1500, 2, [], [0, 1, 1023, 1024, 1499]),
    vector(4095, 1, [], [0, 2048, 4094]),
    vector(4096, 1, [7], [0, 1, 2048, 4095]),
    vector(50_021, 1, [], [0, 1, 1024, 25_000, 50_020]),
  ],
  /** Real rounds of drand's quicknet. */
  beacon: [
    {
      round: 1000,
      signature: 'b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39',
      randomness: 'fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd',
    },
    {
      round: 657_413,
      signature: 'b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b',
      randomness: 'fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587',
    },
  ],
};

writeFileSync(
  new URL('../../docs/features/draw-vectors.json', import.meta.url),
  `${JSON.stringify(vectors, null, 2)}\n`,
);
