import { type HeavyWork, serviceBusy } from '../errors.ts';
import { type Gate, GateFullError, createGate } from './gate.ts';
import { counter, gauge, histogram } from '../metrics.ts';

/** The way in to one kind of heavy work of a process. */
export type WorkGate = {
  /**
   * Waits for a place.
   * @param units how much work this is, in the gate's unit; it bounds what waits
   * @returns what gives the place back; may be called more than once
   * @throws DomainError service.busy with Retry-After, at once or after the wait
   */
  enter(units?: number): Promise<() => void>;
  /** Whether so little room is left that hardly any work would be let in. */
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

/** Of the room for those who wait: with less left, preparing what will be refused costs more than it is worth. */
const fullFrom = 0.1;

const refused = counter('heavy_work_refused_total', 'Heavy work that was refused since too much of it waited', [
  'work',
]);
const seconds = histogram('heavy_work_seconds', 'Time of heavy work from its start, without the wait', ['work']);
const gates = new Map<HeavyWork, Gate>();
gauge('heavy_work_in_progress', 'Heavy work in progress', ['work'], function () {
  for (const [work, gate] of gates) this.set({ work }, gate.inUse);
});
gauge('heavy_work_waiting', 'Callers that wait for heavy work', ['work'], function () {
  for (const [work, gate] of gates) this.set({ work }, gate.waiting);
});

/** A bounded gate with a deadline for work that takes milliseconds of a processor or holds a connection for long. */
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
