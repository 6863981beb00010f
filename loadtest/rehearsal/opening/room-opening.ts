import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { buyerKey } from '../../../src/access/buyers/buyer-key.ts';
import { signBuyerToken } from '../../../src/access/buyers/buyer-token.ts';
import { allPositions } from '../../audit-draw/order.ts';
import { say } from '../../bench/harness/stack.ts';
import { nextNetwork } from '../../bench/surge/step.ts';
import { at, request, until } from '../../demo/http.ts';
import { type Answer, openConnection, requestBytes } from '../../generator/connection.ts';
import { type Latencies, createLatencies } from '../../generator/latencies.ts';
import { openLoop } from '../../generator/open-loop.ts';
import type { LoadResult } from '../../generator/tally.ts';
import type { Buyers, Person } from '../stages/buyers.ts';
import type { Copy } from '../copies/copy-event.ts';
import type { RehearsalStack } from '../stages/find-stack.ts';
import type { Organizer } from '../copies/organizer.ts';
import { pollEverySeconds } from '../../sizing/size-machines.ts';

/** The waiting room of the rehearsed event. */
const roomSchema = z.object({
  phase: z.string(),
  rateMax: z.number(),
  turnSeconds: z.number(),
  passSeconds: z.number(),
});
export type RoomPlan = z.output<typeof roomSchema>;

/** A room whose people have joined and are drawn. */
export type DrawnRoom = {
  readonly joins: LoadResult;
  /** In the order in which they are called. */
  readonly line: readonly { readonly person: Person; readonly placeToken: string }[];
};

export type LetIn = {
  readonly passes: Latencies;
  readonly orders: Latencies;
  /** Answers to orders, by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Passes and orders that were neither given nor refused for a reason that buyers are told. */
  readonly unexplained: number;
};

/** The shortest times of a room: until it opens, for joining, and for the public draw. */
const aheadMs = 2500;
const joinSeconds = 20;
/** Processes learn of the room a moment after it has opened, and all people have joined before the list is frozen. */
const knownAfterMs = 2500;
const spareMs = 6000;
const drawMs = 41_000;
const farMs = 3_600_000;
const tokenLastsMs = 3_600_000;
const connectionsMax = 512;
const calledAgainMs = 1000;
const turnTriesMax = 60;
const openWithinSeconds = 120;
const notYet = ['"queue.not_your_turn"', '"queue.not_open"'];

/** @returns undefined for an event without a room, or whose room is over */
export async function findRoom(organizer: Organizer, eventId: string): Promise<RoomPlan | undefined> {
  const { status, body } = await organizer.ask('GET', `/events/${eventId}/waiting-room`);
  const room = status === 200 ? roomSchema.parse(body) : undefined;
  return room?.phase === 'over' ? undefined : room;
}

/**
 * Plans the room of a copy with the rate of the event's own room.
 * @param given `stays`: it accepts joins for an hour; otherwise it is drawn and opened at the earliest time that a room
 * allows
 */
export async function planRoom(
  organizer: Organizer,
  copy: Copy,
  { rateMax, turnSeconds, passSeconds, stays }: Omit<RoomPlan, 'phase'> & { readonly stays: boolean },
): Promise<void> {
  const opensAt = Date.now() + aheadMs;
  const freezesAt = opensAt + (stays ? farMs : joinSeconds * 1000 + spareMs);
  const time = (ms: number) => new Date(ms).toISOString();
  await organizer.send('PUT', `/events/${copy.id}/waiting-room`, {
    preQueueOpensAt: time(opensAt),
    freezesAt: time(freezesAt),
    opensAt: time(freezesAt + (stays ? farMs : drawMs)),
    rateMax,
    turnSeconds,
    passSeconds,
  });
  await untilPhase(organizer, copy, 'pre_queue');
  await pause(knownAfterMs);
}

async function untilPhase(organizer: Organizer, { id }: Copy, phase: string): Promise<void> {
  await until(openWithinSeconds, `the room did not become ${phase}`, async () => {
    const { body } = await organizer.ask('GET', `/events/${id}/waiting-room`);
    return at(body, 'phase') === phase ? true : undefined;
  });
}

/** People join the room evenly while it accepts joins, are drawn, and wait until it opens. */
export async function fillRoom(
  { stack, organizer, buyers }: { stack: RehearsalStack; organizer: Organizer; buyers: Buyers },
  copy: Copy,
  count: number,
): Promise<DrawnRoom> {
  const lastsUntil = new Date(Date.now() + tokenLastsMs);
  const people = new Map<string, Person>();
  for (let made = 0; made < count; made += 1) {
    const person = buyers.nextPerson();
    people.set(buyerKey(stack.hashSecret, 'email', person.email), person);
  }
  const keys = [...people.keys()];
  const joined: { index: number; placeToken: string }[] = [];
  let sent = 0;
  say(`${count} people join the waiting room within ${joinSeconds} s`);
  const joins = await openLoop({
    to: stack.port,
    connections: connectionsMax,
    nextAddress: nextNetwork,
    requestsPerConnection: 1,
    warmupSeconds: 0,
    seconds: joinSeconds,
    offeredPerSecond: count / joinSeconds,
    next: () => {
      const accountKey = keys[sent % keys.length] ?? '';
      sent += 1;
      const token = signBuyerToken(stack.queueTokenSecret, { accountKey, until: lastsUntil });
      const headers = { authorization: `Bearer ${token}`, 'content-length': '0' };
      return requestBytes('POST', `/v1/events/${copy.slug}/queue/places`, headers);
    },
    onAnswer: ({ status, body }) => {
      if (status !== 201) return;
      const place: unknown = JSON.parse(body.toString());
      joined.push({ index: Number(at(place, 'index')), placeToken: String(at(place, 'placeToken')) });
    },
    counts: ({ status }) => status === 201,
  });
  say('the room is drawn');
  await untilPhase(organizer, copy, 'open');
  const queue = await request(`${stack.url}/v1/events/${copy.slug}/queue`);
  const key = Buffer.from(String(at(queue.body, 'draw', 'drawKey')), 'hex');
  const positions = await allPositions(key, Number(at(queue.body, 'draw', 'frozenPlaces')));
  const line = joined
    .map(({ index, placeToken }) => ({ position: positions[index] ?? index, placeToken }))
    .toSorted((one, other) => one.position - other.position)
    .flatMap(({ placeToken }) => {
      // place.<event>.<index>.<account key>.<mark>
      const person = people.get(placeToken.split('.')[3] ?? '');
      return person === undefined ? [] : [{ person, placeToken }];
    });
  return { joins, line };
}

/** Called people come in their turn, exchange their place for a pass and order, for this many seconds. */
export async function letIn(
  { stack, buyers }: { stack: RehearsalStack; buyers: Buyers },
  copy: Copy,
  { line, rateMax, seconds }: { line: DrawnRoom['line']; rateMax: number; seconds: number },
): Promise<LetIn> {
  const [passes, orders] = [createLatencies(), createLatencies()];
  const statuses: Record<string, number> = {};
  const started = performance.now();
  let unexplained = 0;
  const ask = (bytes: string) => sendAlone(stack.port, bytes);
  const come = async ({ person, placeToken }: DrawnRoom['line'][number], place: number): Promise<void> => {
    const shape = copy.shapes[place % copy.shapes.length];
    if (shape === undefined) throw new Error('the copy has no category on sale');
    await pause(Math.max(0, started + (place / rateMax) * 1000 - performance.now()));
    for (let tries = 1; tries <= turnTriesMax; tries += 1) {
      const asked = performance.now();
      const answer = await ask(exchangeOf(copy, placeToken));
      if (answer.status === 201) {
        passes.add(performance.now() - asked);
        const pass = String(at(JSON.parse(answer.body.toString()), 'pass'));
        const placedAt = performance.now();
        const placed = await ask(buyers.orderOf(shape, person, { 'queue-pass': pass }));
        orders.add(performance.now() - placedAt);
        buyers.placed(placed);
        statuses[placed.status] = (statuses[placed.status] ?? 0) + 1;
        return;
      }
      // It can take a second until every process knows that the room is open and whose turn it is.
      if (!notYet.some((code) => answer.body.includes(code))) break;
      await pause(calledAgainMs);
    }
    unexplained += 1;
  };
  const called = line.slice(0, Math.ceil(rateMax * seconds));
  await Promise.all(called.map((one, place) => come(one, place).catch(() => void (unexplained += 1))));
  return { passes, orders, statuses, unexplained };
}

/** All waiting people read the counter of the room. */
export function pollRoom(stack: RehearsalStack, copy: Copy, { people, seconds }: { people: number; seconds: number }) {
  const bytes = requestBytes('GET', `/v1/events/${copy.slug}/queue`, {});
  return openLoop({
    to: stack.port,
    connections: connectionsMax,
    nextAddress: nextNetwork,
    warmupSeconds: 0,
    seconds,
    offeredPerSecond: people / pollEverySeconds,
    next: () => bytes,
    counts: ({ status }) => status === 200,
  });
}

function exchangeOf({ slug }: Copy, placeToken: string): string {
  return requestBytes('POST', `/v1/events/${slug}/queue/passes`, {}, JSON.stringify({ placeToken }));
}

async function sendAlone(port: number, bytes: string): Promise<Answer> {
  const connection = await openConnection(port, nextNetwork());
  try {
    return await connection.send(bytes);
  } finally {
    connection.close();
  }
}
