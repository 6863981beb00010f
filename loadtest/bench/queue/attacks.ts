import { randomUUID } from 'node:crypto';
import { signText } from '../../../src/platform/text/signed-text.ts';
import { indexAt } from '../../../src/waiting-room/draw/index.ts';
import { signPass } from '../../../src/waiting-room/places/pass.ts';
import { signPlaceToken } from '../../../src/waiting-room/places/place-token.ts';
import { benchQueueTokenSecret } from '../harness/api-environment.ts';
import { codeOf, exchangeRequest } from './crowd.ts';
import type { QueueRoom } from './room.ts';
import type { Senders } from '../load/queue-senders.ts';

/** Forged requests that must all fail, by kind: how many, how many were accepted, and their answers. */
export type Attacks = Record<string, { attempts: number; accepted: number; told: Record<string, number> }>;

/** Further ahead than the clocks of any two processes may differ. */
const skippedAheadMin = 5000;

export function createAttacks(room: QueueRoom, senders: Senders, attacks: Attacks) {
  const { slug } = room.event;
  const note = async (kind: string, request: string): Promise<void> => {
    const entry = (attacks[kind] ??= { attempts: 0, accepted: 0, told: {} });
    const answer = await senders.send(request).catch(() => undefined);
    if (answer === undefined) return;
    entry.attempts += 1;
    if (answer.status < 300) entry.accepted += 1;
    const code = codeOf(answer);
    entry.told[code] = (entry.told[code] ?? 0) + 1;
  };
  const show = (kind: string, token: string) =>
    note(kind, exchangeRequest(slug, token, Math.floor(Math.random() * 1e6)));

  return {
    /** One of each kind that is certain to be possible. */
    places: async (serving: number): Promise<void> => {
      const called = indexAt(room.draw, Math.floor(Math.random() * Math.max(serving, 1)));
      const accountKey = room.accountKeyOf(called);
      const token = room.placeTokenOf(called);
      const ahead = Math.floor(serving + skippedAheadMin + Math.random() * (room.places - serving - skippedAheadMin));
      const other = 'evt_ZZZZZZZZ';
      await Promise.all([
        show('forged: a mark changed', `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`),
        show(
          'forged: an index changed',
          token.replace(/\.(\d+)\./, (_all, index) => `.${(Number(index) + 1) % room.places}.`),
        ),
        show(
          'forged: another secret',
          signPlaceToken('not-the-secret-not-the-secret-0000', {
            eventId: room.event.id,
            placeIndex: called,
            accountKey,
          }),
        ),
        show(
          'forged: another kind of text',
          signText(benchQueueTokenSecret, 'buyer.v1', token.split('.').slice(0, -1).join('.')),
        ),
        show(
          'another event',
          signPlaceToken(benchQueueTokenSecret, { eventId: other, placeIndex: called, accountKey }),
        ),
        show('skipped: not called yet', room.placeTokenOf(indexAt(room.draw, ahead))),
      ]);
    },
    /** Places whose turn is over. */
    lapsed: async (positions: readonly number[]): Promise<void> => {
      for (const position of positions)
        await show('expired: turn is over', room.placeTokenOf(indexAt(room.draw, position)));
    },
    /**
     * An order with a pass, and then everything that must not work with it.
     * @returns whether the order was placed
     */
    orders: async (position: number): Promise<boolean> => {
      const index = indexAt(room.draw, position);
      const answer = await senders.send(exchangeRequest(slug, room.placeTokenOf(index), index)).catch(() => undefined);
      if (answer?.status !== 201) return false;
      const { pass } = JSON.parse(answer.body.toString()) as { pass: string };
      const own = room.buyerOf(index);
      const claims = { eventId: room.event.id, placeIndex: index, accountKey: room.accountKeyOf(index) };
      const ended = signPass(benchQueueTokenSecret, { ...claims, expiresAt: Date.now() - 60_000 });
      const stranger = {
        email: `stranger.${randomUUID()}@example.test`,
        phone: `+6281${String(Math.floor(1e9 + Math.random() * 8e9))}`,
      };
      await note('no pass', orderRequest(room, own));
      await note('expired: the pass has ended', orderRequest(room, own, ended));
      await note('shared: another buyer', orderRequest(room, stranger, pass));
      const placed = await senders.send(orderRequest(room, own, pass)).catch(() => undefined);
      await note('spent: a second order', orderRequest(room, own, pass));
      return placed?.status === 201;
    },
  };
}

function orderRequest(room: QueueRoom, buyer: { email: string; phone: string }, pass?: string): string {
  const body = JSON.stringify({
    eventSlug: room.event.slug,
    buyer: { name: 'Ayu Lestari', ...buyer },
    lines: [{ ticketCategoryId: room.event.categories[0]?.id, quantity: 1 }],
    locale: 'id',
  });
  const header = pass === undefined ? '' : `queue-pass: ${pass}\r\n`;
  return `POST /v1/orders HTTP/1.1\r\nhost: localhost\r\nidempotency-key: ${randomUUID()}\r\n${header}x-forwarded-for: 10.${Math.floor(Math.random() * 256)}.${Math.floor(Math.random() * 256)}.7\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
