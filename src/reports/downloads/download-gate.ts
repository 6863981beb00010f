import { serviceBusy } from '../../platform/errors.ts';
import { createWorkGate } from '../../platform/resilience/work-gate.ts';

const work = 'report_download';
const downloadsMax = 4;
/** Downloads of one organizer that run or wait: slow ones must not take the places of all others. */
const perOrganizerMax = 2;
const waitingMax = 16;
const waitMs = 5000;
const retryAfterSeconds = 10;
/** A slow client must not hold its place longer than this. */
const downloadMsMax = 15 * 60_000;
/** Longest pause of a client between two pieces. */
const pauseMsMax = 30_000;

export type DownloadGate = {
  /**
   * Streams a file in one of the places of the gate. The place is released when the file ends, or when the client disconnects, pauses
   * for too long or takes too long in all. Then the stream ends with an error, so that half a file cannot be taken for the whole.
   * @throws DomainError service.busy
   */
  stream(organizerId: string, open: () => Promise<ReadableStream<Uint8Array>>): Promise<ReadableStream<Uint8Array>>;
};

export function createDownloadGate(
  limits: { readonly downloadMsMax?: number; readonly pauseMsMax?: number } = {},
): DownloadGate {
  const gate = createWorkGate({
    work,
    atOnceMax: downloadsMax,
    waitingMax,
    waitMs,
    retryAfterSeconds,
  });
  const held = new Map<string, number>();
  const release = (organizerId: string): void => {
    const left = (held.get(organizerId) ?? 0) - 1;
    if (left > 0) held.set(organizerId, left);
    else held.delete(organizerId);
  };
  const enter = async (organizerId: string): Promise<() => void> => {
    const before = held.get(organizerId) ?? 0;
    if (before >= perOrganizerMax) throw serviceBusy(work, retryAfterSeconds);
    held.set(organizerId, before + 1);
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
    }
  };
  const within = { downloadMsMax, pauseMsMax, ...limits };
  return {
    stream: async (organizerId, open) => {
      const leave = await enter(organizerId);
      try {
        return streamOf(await open(), leave, within);
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
  leave: () => void,
  limits: { readonly downloadMsMax: number; readonly pauseMsMax: number },
): ReadableStream<Uint8Array> {
  const reader = file.getReader();
  let deadline: NodeJS.Timeout | undefined;
  let pause: NodeJS.Timeout | undefined;
  const end = async (): Promise<void> => {
    clearTimeout(deadline);
    clearTimeout(pause);
    leave();
    await reader.cancel().catch(() => {});
  };
  return new ReadableStream({
    start(controller) {
      const giveUp = () => {
        controller.error(new Error('the download took too long'));
        void end();
      };
      deadline = setTimeout(giveUp, limits.downloadMsMax).unref();
      pause = setTimeout(giveUp, limits.pauseMsMax).unref();
    },
    async pull(controller) {
      try {
        const next = await reader.read();
        pause?.refresh();
        if (!next.done) return controller.enqueue(next.value);
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
