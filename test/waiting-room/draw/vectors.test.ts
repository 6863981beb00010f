import { describe, expect, test } from 'vitest';
import { chainName, quicknet, signedByChain } from '../../../loadtest/audit-draw/beacon.ts';
import { fromHex, sha256 } from '../../../loadtest/audit-draw/hashing.ts';
import { hashOfSeed, keyOfDraw } from '../../../loadtest/audit-draw/key.ts';
import { allPositions, positionAt } from '../../../loadtest/audit-draw/order.ts';
import { leafHash, provesInclusion } from '../../../loadtest/audit-draw/tree.ts';
import { loadConfig, variables } from '../../../src/config.ts';
import { randomnessOf } from '../../../src/waiting-room/draw/beacon/beacon-chain.ts';
import { isRoundSigned } from '../../../src/waiting-room/draw/beacon/beacon-signature.ts';
import { drawKeyOf, leafOf, positionOf, rootOfProof, seedHashOf } from '../../../src/waiting-room/draw/index.ts';
import { vectors } from './support/vectors.ts';

/** Guards promise 9: docs/features/draw.md suffices to repeat a draw. Two implementations agree with its vectors. */

describe.each(vectors.draws)('the draw of $places places', (draw) => {
  const { eventId, number, places, voidedPlaces } = draw;
  const facts = {
    eventId,
    number,
    seed: fromHex(draw.seed),
    beaconRandomness: fromHex(draw.beaconRandomness),
    merkleRoot: fromHex(draw.merkleRoot),
    places,
    voidedPlaces,
  };

  test('is computed by the service', () => {
    expect(seedHashOf(facts.seed).toString('hex')).toBe(draw.seedHash);
    const drawKey = drawKeyOf(facts);
    expect(drawKey.toString('hex')).toBe(draw.drawKey);
    for (const { index, salt, accountKey, leaf, siblings, position } of draw.shown) {
      expect(leafOf(eventId, index, fromHex(salt), accountKey).toString('hex')).toBe(leaf);
      expect(rootOfProof(fromHex(leaf), index, places, siblings.map(fromHex))).toEqual(facts.merkleRoot);
      expect(positionOf({ frozenPlaces: places, drawKey }, index)).toBe(position);
    }
  });

  test('is computed by the second implementation', () => {
    expect(hashOfSeed(facts.seed).toString('hex')).toBe(draw.seedHash);
    const { seed, beaconRandomness: randomness, merkleRoot: root } = facts;
    const key = keyOfDraw({ eventId, number, seed, randomness, root, places, voided: voidedPlaces });
    expect(key.toString('hex')).toBe(draw.drawKey);
    for (const { index, salt, accountKey, leaf, siblings, position } of draw.shown) {
      expect(leafHash(eventId, index, fromHex(salt), accountKey).toString('hex')).toBe(leaf);
      const proof = { index, places, leaf: fromHex(leaf), siblings: siblings.map(fromHex) };
      expect(provesInclusion(proof, root)).toBe(true);
      expect(positionAt(key, places, index)).toBe(position);
    }
  });

  test('is computed place by place by both', async () => {
    const drawKey = fromHex(draw.drawKey);
    const positions = await allPositions(drawKey, places);
    const step = Math.max(1, Math.floor(places / 500));
    for (let index = 0; index < places; index += step)
      expect(positions[index]).toBe(positionOf({ frozenPlaces: places, drawKey }, index));
  });
});

describe("rounds of drand's quicknet", () => {
  test.each(vectors.beacon)('$round has a valid signature', ({ round, signature, randomness }) => {
    expect(isRoundSigned(quicknet.publicKey, round, fromHex(signature))).toBe(true);
    expect(signedByChain(quicknet, round, fromHex(signature))).toBe(true);
    expect(randomnessOf(fromHex(signature)).toString('hex')).toBe(randomness);
    expect(sha256(fromHex(signature)).toString('hex')).toBe(randomness);
    expect(isRoundSigned(quicknet.publicKey, round + 1, fromHex(signature))).toBe(false);
    expect(signedByChain(quicknet, round + 1, fromHex(signature))).toBe(false);
  });

  test('are the default of the service', () => {
    const given = Object.fromEntries(
      ['JWT', 'ORDER_TOKEN', 'QUEUE_TOKEN', 'HASH'].map((name) => [`${name}_SECRET`, `${name} secret `.repeat(5)]),
    );
    const config = loadConfig({
      DATABASE_URL: 'postgres://localhost/antre',
      REDIS_CACHE_URL: 'redis://localhost:1',
      REDIS_QUEUE_URL: 'redis://localhost:2',
      ENCRYPTION_KEY: 'ab'.repeat(32),
      ...given,
    });
    expect(Object.keys(variables.shape)).toContain('BEACON_URL');
    expect({
      hash: config.BEACON_CHAIN_HASH,
      publicKey: config.BEACON_PUBLIC_KEY,
      genesis: config.BEACON_GENESIS,
      periodSeconds: config.BEACON_PERIOD_SECONDS,
    }).toEqual(quicknet);
    const groupHash = 'f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e';
    expect(chainName(quicknet, groupHash, 'quicknet')).toBe(quicknet.hash);
  });
});
