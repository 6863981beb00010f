import { serviceBusy } from '../../platform/errors.ts';
import { createWorkGate } from '../../platform/resilience/work-gate.ts';

const work = 'report_download';
const downloadsMax = 4;
/** Downloads of one organizer that run or wait. Slow ones must not take the places of all others. */
const perOrganizerMax = 2;
const waitingMax = 16;
const waitMs = 5000;
const retryAfterSeconds = 10;
/** A slow client must not hold its place longer than this. */
const downloadMsMax = 15 * 60_000;
/** Longest pause of a client between two pieces. */
const pauseMsMax = 30_000;
/**
 * While others wait, a client that reads less than this per second loses its place. Otherwise four clients could hold
 * all places as long as they like.
 */
const bytesPerSecondMin = 64 * 1024;
/** A client's speed is measured over this time, which is shorter than others wait. */
const paceMs = 4000;
const lookEveryMs = 500;

export type DownloadGate = {
  /**
   * Streams a file in one of the places of the gate. The place is released when the file ends, or when the client
   * disconnects, pauses for too long, takes too long in total, or reads slowly while others wait. Then the stream ends
   * with an error, so that half a file cannot be mistaken for the whole.
   * @throws DomainError service.busy
   */
  stream(organizerId: string, open: () => Promise<ReadableStream<Uint8Array>>): Promise<ReadableStream<Uint8Array>>;
};

type Limits = { readonly downloadMsMax: number; readonly pauseMsMax: number; readonly paceMs: number };
type Running = { readonly pace: () => number; readonly giveUp: () => void };

export function createDownloadGate(limits: Partial<Limits> = {}): DownloadGate {
  const gate = createWorkGate({
    work,
    atOnceMax: downloadsMax,
    waitingMax,
    waitMs,
    retryAfterSeconds,
  });
  const within: Limits = { downloadMsMax, pauseMsMax, paceMs, ...limits };
  const held = new Map<string, number>();
  const running = new Set<Running>();
  const endSlowest = (): void => {
    if (running.size < downloadsMax) return;
    const [slowest] = [...running].sort((one, other) => one.pace() - other.pace());
    if (slowest !== undefined && slowest.pace() < bytesPerSecondMin) slowest.giveUp();
  };
  const release = (organizerId: string): void => {
    const left = (held.get(organizerId) ?? 0) - 1;
    if (left > 0) held.set(organizerId, left);
    else held.delete(organizerId);
  };
  const enter = async (organizerId: string): Promise<() => void> => {
    const before = held.get(organizerId) ?? 0;
    if (before >= perOrganizerMax) throw serviceBusy(work, retryAfterSeconds);
    held.set(organizerId, before + 1);
    endSlowest();
    const look = setInterval(endSlowest, lookEveryMs);
    try {
      const leave = await gate.enter();
      let left = false;
      return () => {
        if (left) return;
        left = true;
        leave();
        release(organizerId);
      };
    } catch (error) {
      release(organizerId);
      throw error;
    } finally {
      clearInterval(look);
    }
  };
  return {
    stream: async (organizerId, open) => {
      const leave = await enter(organizerId);
      try {
        return streamOf(await open(), { leave, running, within });
      } catch (error) {
        leave();
        throw error;
      }
    },
  };
}

/** Reads the next piece when the client has taken the last one: one piece is in memory at a time. */
function streamOf(
  file: ReadableStream<Uint8Array>,
  { leave, running, within }: { leave: () => void; running: Set<Running>; within: Limits },
): ReadableStream<Uint8Array> {
  const reader = file.getReader();
  const client = watchPace(within.paceMs);
  let own: Running | undefined;
  let deadline: NodeJS.Timeout | undefined;
  let pause: NodeJS.Timeout | undefined;
  const end = async (): Promise<void> => {
    clearTimeout(deadline);
    clearTimeout(pause);
    if (own !== undefined) running.delete(own);
    leave();
    await reader.cancel().catch(() => {});
  };
  return new ReadableStream({
    start(controller) {
      const giveUp = () => {
        controller.error(new Error('the download took too long'));
        void end();
      };
      own = { pace: client.pace, giveUp };
      running.add(own);
      deadline = setTimeout(giveUp, within.downloadMsMax).unref();
      pause = setTimeout(giveUp, within.pauseMsMax).unref();
    },
    async pull(controller) {
      client.waits(true);
      try {
        const next = await reader.read();
        pause?.refresh();
        client.waits(false);
        if (!next.done) {
          client.takes(next.value.length);
          return controller.enqueue(next.value);
        }
        await end();
        controller.close();
      } catch (error) {
        await end();
        throw error;
      }
    },
    cancel: end,
  });
}

/** How fast a client reads a file. Time spent waiting for the storage does not count. */
function watchPace(windowMs: number) {
  let since = performance.now();
  let bytes = 0;
  let before = Number.POSITIVE_INFINITY;
  let isWaiting = false;
  const close = (now: number): void => {
    if (now - since < windowMs) return;
    before = (bytes * 1000) / (now - since);
    [since, bytes] = [now, 0];
  };
  return {
    waits: (value: boolean): void => {
      isWaiting = value;
    },
    takes: (length: number): void => {
      close(performance.now());
      bytes += length;
    },
    /** In bytes per second, over the last whole window. */
    pace: (): number => {
      if (isWaiting) return Number.POSITIVE_INFINITY;
      close(performance.now());
      return before;
    },
  };
}
