import { signBuyerToken } from '../../../src/access/buyers/buyer-token.ts';
import { positionOf } from '../../../src/waiting-room/draw/index.ts';
import { benchQueueTokenSecret } from '../harness/api-environment.ts';
import { exchangeRequest } from './crowd.ts';
import type { QueueRoom } from './room.ts';
import type { Senders } from '../load/queue-senders.ts';

const sampled = 500;

/**
 * Remembers the positions of some waiting buyers from the whole line. `lost` counts those who later join again, or show
 * their token, and get another answer.
 */
export async function holdPlaces(room: QueueRoom, senders: Senders): Promise<{ lost(): Promise<number> }> {
  const step = Math.floor(room.places / sampled);
  const indexes = Array.from({ length: sampled }, (_, at) => at * step);
  const before = await Promise.all(indexes.map((index) => whereIs(room, senders, index)));
  return {
    lost: async () => {
      const after = await Promise.all(indexes.map((index) => whereIs(room, senders, index)));
      return indexes.filter((index, at) => {
        const [was, is] = [before[at], after[at]];
        const position = positionOf(room.draw, index);
        return was?.index !== index || is?.index !== index || ![position, 'called'].includes(is?.position ?? 'unknown');
      }).length;
    },
  };
}

async function whereIs(room: QueueRoom, senders: Senders, index: number) {
  const token = signBuyerToken(benchQueueTokenSecret, {
    accountKey: room.accountKeyOf(index),
    until: new Date(Date.now() + 3_600_000),
  });
  const joined = await senders.send(
    `POST /v1/events/${room.event.slug}/queue/places HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\nx-forwarded-for: 10.${index % 256}.${Math.floor(index / 256) % 256}.9\r\ncontent-length: 0\r\n\r\n`,
  );
  const place = JSON.parse(joined.body.toString()) as { index?: number; placeToken?: string };
  const shown = await senders.send(exchangeRequest(room.event.slug, place.placeToken ?? '', index));
  const { position } = JSON.parse(shown.body.toString()) as { position?: number };
  // A buyer whose turn has come or gone has no position any more. All others are told theirs.
  return {
    index: place.index,
    position: position ?? (shown.status === 201 || shown.status === 410 ? 'called' : 'unknown'),
  };
}
