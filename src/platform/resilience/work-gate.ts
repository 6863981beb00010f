import { type HeavyWork, serviceBusy } from '../errors.ts';
import { type Gate, GateFullError, createGate } from './gate.ts';
import { counter, gauge, histogram } from '../metrics.ts';

/** The entrance to one kind of heavy work in a process. */
export type WorkGate = {
  /**
   * Waits for a slot.
   * @param units the amount of work, in the gate's unit; it bounds the queue
   * @returns a function that releases the slot; may be called more than once
   * @throws DomainError service.busy with Retry-After, at once or after the wait
   */
  enter(units?: number): Promise<() => void>;
  /** Whether the queue is so full that hardly any work would be accepted. */
  isFull(): boolean;
};

export type WorkGateOptions = {
  readonly work: HeavyWork;
  readonly atOnceMax: number;
  /** In units of work. */
  readonly waitingMax: number;
  readonly waitMs: number;
  readonly retryAfterSeconds: number;
};

/**
 * The part of the queue that must be free. If less is free, preparing work that will be refused costs more than it
 * gains.
 */
const fullFrom = 0.1;

const refused = counter('heavy_work_refused_total', 'Heavy work refused because too much of it waited', ['work']);
const seconds = histogram('heavy_work_seconds', 'Time of heavy work from its start, without the wait', ['work']);
const gates = new Map<HeavyWork, Gate>();
gauge('heavy_work_in_progress', 'Heavy work in progress', ['work'], function () {
  for (const [work, gate] of gates) this.set({ work }, gate.inUse);
});
gauge('heavy_work_waiting', 'Callers that wait for heavy work', ['work'], function () {
  for (const [work, gate] of gates) this.set({ work }, gate.waiting);
});

/** A bounded gate with a deadline, for work that takes milliseconds of a processor or holds a connection for long. */
export function createWorkGate(options: WorkGateOptions): WorkGate {
  const { work, atOnceMax, waitingMax, waitMs, retryAfterSeconds } = options;
  const gate = createGate(atOnceMax, { waitingMax, waitMs });
  gates.set(work, gate);
  return {
    isFull: () => gate.room < waitingMax * fullFrom,
    enter: async (units) => {
      const leave = await gate.enter(units).catch((error: unknown) => {
        if (!(error instanceof GateFullError)) throw error;
        refused.inc({ work });
        throw serviceBusy(work, retryAfterSeconds);
      });
      const stop = seconds.startTimer({ work });
      let left = false;
      return () => {
        if (left) return;
        left = true;
        stop();
        leave();
      };
    },
  };
}
