import { setTimeout as pause } from 'node:timers/promises';
import { indexAt } from '../../../src/waiting-room/draw/index.ts';
import type { Answer } from '../../generator/connection.ts';
import { type Latencies, createLatencies } from '../../generator/latencies.ts';
import type { QueueRoom } from './room.ts';
import { networkAddress } from '../load/order-requests.ts';
import { type Senders, openSenders } from '../load/queue-senders.ts';

/** What one buyer does, and the counts of the whole crowd. */
export type Crowd = {
  /** Passes issued in each second since the crowd began to watch. */
  readonly passesBySecond: readonly number[];
  readonly latencies: Latencies;
  /** Called but refused: must be 0. */
  readonly refused: Record<string, number>;
  /** Positions that stayed away, and come when their turn is over. */
  readonly absent: readonly number[];
  /** Positions below this have been called, according to the document and its rate. */
  serving(): number;
  readonly document: () => QueueDocument | undefined;
};

export type QueueDocument = {
  readonly phase: string;
  readonly serving: number;
  readonly servingAt: string;
  readonly ratePerSecond: number;
  readonly lapsedBelow: number;
};

const tickMs = 50;
const pollMs = 1000;
/** One in this many called positions does not come. */
const absentEvery = 500;
const connections = 64;

/**
 * All called buyers come within moments and exchange their place once. The document is read once a second, which is enough
 * for any number of buyers. Runs until `seconds` are over.
 */
export async function runCrowd(
  room: QueueRoom,
  options: { port: () => number; seconds: number; onSecond?: (second: number) => void | Promise<void> },
): Promise<Crowd> {
  const senders = openSenders(options.port, connections);
  const state = {
    document: undefined as QueueDocument | undefined,
    readAt: 0,
    next: 0,
    passesBySecond: Array.from({ length: options.seconds }, () => 0),
    latencies: createLatencies(),
    refused: {} as Record<string, number>,
    absent: [] as number[],
  };
  const serving = () => {
    const { document } = state;
    if (document === undefined) return 0;
    return document.serving + (document.ratePerSecond * Math.min(performance.now() - state.readAt, 1500)) / 1000;
  };
  const began = performance.now();
  const isOver = () => performance.now() - began >= options.seconds * 1000;

  const watch = async () => {
    while (!isOver()) {
      const answer = await senders
        .send(`GET /v1/events/${room.event.slug}/queue HTTP/1.1\r\nhost: localhost\r\n\r\n`)
        .catch(() => undefined);
      if (answer?.status === 200) {
        state.document = JSON.parse(answer.body.toString()) as QueueDocument;
        state.readAt = performance.now();
      }
      await pause(pollMs);
    }
  };
  const pending = new Set<Promise<void>>();
  const come = async () => {
    while (!isOver()) {
      const called = Math.min(serving(), room.places);
      while (state.next < called) {
        const position = state.next;
        state.next += 1;
        if (position % absentEvery === 7) {
          state.absent.push(position);
          continue;
        }
        const exchange = exchangeUntilDone(room, senders, position, state, began);
        pending.add(exchange);
        void exchange.finally(() => pending.delete(exchange));
      }
      await pause(tickMs);
    }
  };
  const seconds = async () => {
    for (let second = 0; second < options.seconds; second += 1) {
      await options.onSecond?.(second);
      await pause(Math.max(0, (second + 1) * 1000 - (performance.now() - began)));
    }
  };
  await Promise.all([watch(), come(), seconds()]);
  await Promise.all(pending);
  senders.close();
  return { ...state, serving, document: () => state.document };
}

const triesMax = 40;
const retryMs = 250;

/** Waits and retries when asked to: the process may be a second behind the document. */
async function exchangeUntilDone(
  room: QueueRoom,
  senders: Senders,
  position: number,
  state: { passesBySecond: number[]; latencies: Latencies; refused: Record<string, number> },
  began: number,
): Promise<void> {
  const index = indexAt(room.draw, position);
  for (let tries = 1; tries <= triesMax; tries += 1) {
    const started = performance.now();
    const answer = await senders
      .send(exchangeRequest(room.event.slug, room.placeTokenOf(index), index))
      .catch(() => undefined);
    if (answer?.status === 201) {
      state.latencies.add(performance.now() - started);
      const second = Math.floor((performance.now() - began) / 1000);
      state.passesBySecond[second] = (state.passesBySecond[second] ?? 0) + 1;
      return;
    }
    if (tries === triesMax) {
      const said = answer === undefined ? 'lost' : codeOf(answer);
      state.refused[said] = (state.refused[said] ?? 0) + 1;
      return;
    }
    await pause(retryMs);
  }
}

export function exchangeRequest(slug: string, placeToken: string, network: number): string {
  const body = `{"placeToken":"${placeToken}"}`;
  return `POST /v1/events/${slug}/queue/passes HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: ${networkAddress(network % 20_000)}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

export function codeOf(answer: Answer): string {
  const { code } = JSON.parse(answer.body.toString() || '{}') as { code?: string };
  return `${answer.status} ${code ?? ''}`.trim();
}
