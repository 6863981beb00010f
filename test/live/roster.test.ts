import { expect, test } from 'vitest';
import { streamsMax, streamsPerCredentialMax, widerNetworkFactor } from '../../src/live/limits.ts';
import { topicOf } from '../../src/live/messages.ts';
import { createRoster } from '../../src/live/roster.ts';
import type { Stream, StreamRequest } from '../../src/live/stream.ts';

/** Guards that streams are counted for whoever holds them, whatever networks or credentials a client has besides. */

const perNetworkMax = 5;

/** How many of these streams are opened before one is refused; the open streams besides. */
function opened(requests: Iterable<Partial<StreamRequest>>, roster = createRoster(perNetworkMax)) {
  for (const part of requests) {
    const request = { kind: 'event', topic: topicOf('event', 'evt_1'), lastEventId: undefined, network: '', ...part };
    try {
      roster.refuseIfFull(request as StreamRequest);
    } catch {
      return { count: roster.all.size, roster };
    }
    roster.join({ request: request as StreamRequest } as Stream);
  }
  return { count: roster.all.size, roster };
}

const many = Array.from({ length: 1000 }, (_, number) => number);

test('the networks of one IPv6 /48 hold no more than four networks do', () => {
  const { count, roster } = opened(many.map((number) => ({ network: `2001:db8:1:${number.toString(16)}::/64` })));
  expect(count).toBe(perNetworkMax * widerNetworkFactor);
  for (const stream of roster.all) roster.leave(stream);
  expect(() => roster.refuseIfFull({ network: '2001:db8:1:1::/64' } as StreamRequest)).not.toThrow();
});

test('one network holds its share, whatever number of keys, orders and events it has', () => {
  const { count } = opened(
    many.map((number) => ({
      network: '192.0.2.0/24',
      credential: `actor:${number}`,
      topic: topicOf('sales', `evt_${number}`),
    })),
  );
  expect(count).toBe(perNetworkMax);
});

test('one key holds its share, whatever number of networks it is used from', () => {
  const { count } = opened(many.map((number) => ({ network: `10.0.${number}.0/24`, credential: 'actor:key_1' })));
  expect(count).toBe(streamsPerCredentialMax);
});

test('whoever opens streams of events and of orders from any number of networks leaves room for doors and desks', () => {
  function* flood(kind: 'event' | 'order'): Iterable<Partial<StreamRequest>> {
    for (let number = 0; number < 20_000; number += 1)
      yield { kind, network: `${kind} ${number}`, ...(kind === 'order' ? { credential: `order:${number}` } : {}) };
  }
  const { count, roster } = opened(flood('event'));
  expect(count).toBe(streamsMax.event);
  expect(opened(flood('order'), roster).count).toBe(streamsMax.order);
  const staff = many.map((number): Partial<StreamRequest> => {
    return { kind: number % 2 === 0 ? 'door' : 'sales', network: `staff ${number}`, credential: `actor:${number}` };
  });
  expect(opened(staff, roster).count).toBe(streamsMax.door);
  expect(streamsMax.door - streamsMax.order).toBeGreaterThanOrEqual(500);
});
