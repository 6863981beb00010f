import { createWorkGate } from '../../platform/resilience/work-gate.ts';

/** Each export uses one connection of the pool that organisers share. */
const exportsMax = 2;
const waitingMax = 8;
const waitMs = 5000;
const retryAfterSeconds = 10;
/** A million rows take some minutes. A slow client must not hold its place longer than this. */
const exportMsMax = 15 * 60_000;
/** Longest pause of a client between two pages of rows. */
const pauseMsMax = 30_000;

export type ExportGate = {
  /**
   * Streams rows in one of the places of the gate. The place is released when the rows end, or when the client disconnects, pauses for
   * too long or takes too long in all. Then the stream ends with an error, so that half a file cannot be taken for the whole.
   * @throws DomainError service.busy
   */
  stream(open: () => Promise<AsyncGenerator<string, void>>): Promise<ReadableStream<Uint8Array>>;
  /** How many exports run in this process now: they share the time that exports may take. */
  readonly running: number;
};

export function createExportGate(
  limits: { readonly exportMsMax?: number; readonly pauseMsMax?: number } = {},
): ExportGate {
  const gate = createWorkGate({ work: 'orders_export', atOnceMax: exportsMax, waitingMax, waitMs, retryAfterSeconds });
  const within = { exportMsMax, pauseMsMax, ...limits };
  let running = 0;
  return {
    get running() {
      return running;
    },
    stream: async (open) => {
      const giveBack = await gate.enter();
      running += 1;
      let hasLeft = false;
      const leave = () => {
        if (hasLeft) return;
        hasLeft = true;
        running -= 1;
        giveBack();
      };
      try {
        return streamOf(await open(), leave, within);
      } catch (error) {
        leave();
        throw error;
      }
    },
  };
}

/** Reads the next page when the client has taken the last one: one page of rows is in memory at a time. */
function streamOf(
  texts: AsyncGenerator<string, void>,
  leave: () => void,
  limits: { readonly exportMsMax: number; readonly pauseMsMax: number },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let deadline: NodeJS.Timeout | undefined;
  let pause: NodeJS.Timeout | undefined;
  const end = async (): Promise<void> => {
    clearTimeout(deadline);
    clearTimeout(pause);
    leave();
    await texts.return();
  };
  return new ReadableStream({
    start(controller) {
      const giveUp = () => {
        controller.error(new Error('the export took too long'));
        void end();
      };
      deadline = setTimeout(giveUp, limits.exportMsMax).unref();
      pause = setTimeout(giveUp, limits.pauseMsMax).unref();
    },
    async pull(controller) {
      try {
        const next = await texts.next();
        pause?.refresh();
        if (next.done !== true) return controller.enqueue(encoder.encode(next.value));
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
