import { describe, expect, test } from 'vitest';
import { quicknet } from '../../../loadtest/audit-draw/beacon.ts';
import { positionOf as positionByService } from '../../../src/waiting-room/draw/index.ts';
import { fromHex, toHex } from '../../../src/web/client/queue/bytes.ts';
import { isRoundSigned } from '../../../src/web/client/queue/check-beacon.ts';
import { positionOf } from '../../../src/web/client/queue/position.ts';
import { drawKeyOf, leafOf, rootOfPath, seedHashOf } from '../../../src/web/client/queue/proof.ts';
import { vectors } from '../../waiting-room/draw/support/vectors.ts';

/** Guards promise 9 in the buyer's own browser: it computes what docs/features/draw.md says, to the last bit. */

describe.each(vectors.draws)('the draw of $places places', (draw) => {
  const { eventId, number, places, voidedPlaces } = draw;
  const key = fromHex(draw.drawKey);

  test('has the published key and seed hash', () => {
    expect(toHex(seedHashOf(fromHex(draw.seed)))).toBe(draw.seedHash);
    const computed = drawKeyOf({
      eventId,
      number,
      seed: fromHex(draw.seed),
      beaconRandomness: fromHex(draw.beaconRandomness),
      merkleRoot: fromHex(draw.merkleRoot),
      places,
      voidedPlaces,
    });
    expect(toHex(computed)).toBe(draw.drawKey);
  });

  test('has the published leaves, paths and positions', () => {
    for (const { index, salt, accountKey, leaf, siblings, position } of draw.shown) {
      const own = leafOf(eventId, index, fromHex(salt), accountKey);
      expect(toHex(own)).toBe(leaf);
      const path = siblings.map(fromHex);
      expect(toHex(rootOfPath(own, index, places, path) ?? new Uint8Array())).toBe(draw.merkleRoot);
      expect(positionOf(key, places, index)).toBe(position);
      if (path.length === 0) continue;
      // One step missing, one extra, or one changed: the root differs.
      expect(rootOfPath(own, index, places, path.slice(1))).toBeUndefined();
      expect(rootOfPath(own, index, places, [...path, own])).toBeUndefined();
      const other = rootOfPath(own, index, places, path.with(0, own));
      expect(toHex(other ?? new Uint8Array())).not.toBe(draw.merkleRoot);
    }
  });

  test('puts every place where the service puts it', () => {
    const step = places > 4095 ? Math.max(1, Math.floor(places / 300)) : Math.max(1, Math.floor(places / 40));
    for (let index = 0; index < places + 3; index += step)
      expect(positionOf(key, places, index)).toBe(
        positionByService({ frozenPlaces: places, drawKey: Buffer.from(key) }, index),
      );
  });
});

test('valid signatures of the public beacon are distinguished from others', () => {
  for (const { round, signature } of vectors.beacon) {
    expect(isRoundSigned(quicknet.publicKey, round, signature)).toBe(true);
    expect(isRoundSigned(quicknet.publicKey, round + 1, signature)).toBe(false);
  }
  expect(isRoundSigned(quicknet.publicKey, 1, '00'.repeat(48))).toBe(false);
});
