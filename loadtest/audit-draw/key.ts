import { fourBytes, sha256, text } from './hashing.ts';

export function hashOfSeed(seed: Uint8Array): Buffer {
  return sha256(text('antre.seed.v1'), seed);
}

export function keyOfDraw(facts: {
  eventId: string;
  number: number;
  seed: Uint8Array;
  randomness: Uint8Array;
  root: Uint8Array;
  places: number;
  voided: readonly number[];
}): Buffer {
  const event = text(facts.eventId);
  return sha256(
    text('antre.draw.v1'),
    facts.seed,
    facts.randomness,
    facts.root,
    fourBytes(facts.places),
    fourBytes(facts.number),
    fourBytes(event.length),
    event,
    fourBytes(facts.voided.length),
    ...facts.voided.map(fourBytes),
  );
}
