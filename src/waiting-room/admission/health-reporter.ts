import { randomBytes } from 'node:crypto';
import type { RedisClient } from '../../platform/redis-client.ts';
import { LRUCache } from 'lru-cache';
import { isUnavailable } from '../../platform/database/db-errors.ts';
import { DomainError } from '../../platform/errors.ts';
import type { Gate } from '../../platform/resilience/gate.ts';
import type { Log } from '../../platform/log.ts';
import { type EventReport, type HealthReport, exchangedKey, healthKey, reportAgeMaxMs } from './health-report.ts';
import { createRecentLatencies } from './recent-latencies.ts';

/**
 * Reports to the scheduler, once a second and through Redis, the health of this process's orders by event, and the number of
 * exchanged places. Nothing waits for it: while Redis is away no report is sent, and rooms keep their rate.
 */
export type HealthReporter = {
  /** Runs the writing of one order of this event, and records its latency or its refusal for lack of capacity. */
  watch<Result>(eventId: string, write: () => Promise<Result>): Promise<Result>;
  /** Records an order of this event that was refused for lack of capacity before it was written. */
  refused(eventId: string): void;
  exchanged(eventId: string, placeIndex: number): void;
  close(): void;
};

export type HealthReporterDeps = {
  readonly redis: RedisClient;
  readonly log: Log;
  /** The pools that orders use. */
  readonly gates: readonly Pick<Gate, 'enter'>[];
  /** Orders refused by traffic control since the process began. */
  readonly shedOrders: () => number | Promise<number>;
};

const reportMs = 1000;
const windowSeconds = 3;
/** Events whose orders are watched at once. */
const eventsMax = 200;
/** Places remembered as counted, so that a repeated exchange counts once. */
const countedMax = 50_000;

/** KEYS health. ARGV process, report, lifetime ms. Times come from the clock of Redis. */
const reportScript = `
local time = redis.call('time')
redis.call('hset', KEYS[1], ARGV[1], time[1] * 1000 + math.floor(time[2] / 1000) .. ' ' .. ARGV[2])
redis.call('pexpire', KEYS[1], ARGV[3])
return 1`;

export function createHealthReporter(deps: HealthReporterDeps): HealthReporter {
  const name = randomBytes(9).toString('base64url');
  const orders = createEventWindows();
  const shed = createCountWindow();
  const places = createExchangedPlaces();
  const probes = deps.gates.map(createProbe);

  const report = async (): Promise<void> => {
    const poolWaitMs = Math.max(0, ...probes.map((waitedMs) => waitedMs()));
    const counted = await deps.shedOrders();
    const sent: HealthReport = { events: orders.take(), shed: shed.inWindow(counted), poolWaitMs };
    if (deps.redis.status !== 'ready') return;
    await deps.redis.eval(reportScript, 1, healthKey, name, JSON.stringify(sent), reportAgeMaxMs);
    for (const [eventId, count] of places.take()) {
      await deps.redis.hincrby(exchangedKey, eventId, count).catch(() => places.giveBack(eventId, count));
    }
  };

  const timer = setInterval(() => {
    report().catch((error: unknown) => deps.log.debug({ err: error }, 'the health of orders was not reported'));
  }, reportMs);
  timer.unref();

  return {
    watch: async (eventId, write) => {
      const started = performance.now();
      try {
        const result = await write();
        orders.answered(eventId, performance.now() - started);
        return result;
      } catch (error) {
        if (isShed(error)) orders.refused(eventId);
        else orders.answered(eventId, performance.now() - started);
        throw error;
      }
    },
    refused: orders.refused,
    exchanged: places.note,
    close: () => clearInterval(timer),
  };
}

function isShed(error: unknown): boolean {
  if (error instanceof DomainError) return error.code === 'service.overloaded' || error.code === 'service.unavailable';
  return isUnavailable(error);
}

/**
 * Measures how long a call waits for a connection: one more caller queues, and returns its connection at once. The
 * returned function reports the last wait and starts the next.
 */
function createProbe(gate: Pick<Gate, 'enter'>): () => number {
  let lastMs = 0;
  let since: number | undefined;
  const send = async (started: number): Promise<void> => {
    since = started;
    try {
      const leave = await gate.enter();
      leave();
    } catch {
      // Refused at its deadline: it has waited as long as any caller.
    } finally {
      lastMs = performance.now() - started;
      since = undefined;
    }
  };
  return () => {
    const now = performance.now();
    if (since !== undefined) return Math.max(lastMs, now - since);
    const told = lastMs;
    void send(now);
    return told;
  };
}

/** Latencies and refusals of the last seconds, by event. Beyond the bound the event without orders for longest is forgotten. */
function createEventWindows() {
  const windows = new LRUCache<string, ReturnType<typeof createEventWindow>>({ max: eventsMax });
  const of = (eventId: string) => {
    const known = windows.get(eventId);
    if (known !== undefined) return known;
    const made = createEventWindow();
    windows.set(eventId, made);
    return made;
  };
  return {
    answered: (eventId: string, milliseconds: number) => of(eventId).latencies.add(milliseconds),
    refused: (eventId: string) => {
      of(eventId).refused += 1;
    },
    /** The report of each event, before the next second begins. Events without orders in the window are forgotten. */
    take: (): Record<string, EventReport> => {
      const reports: Record<string, EventReport> = {};
      const idle: string[] = [];
      for (const [eventId, window] of windows.entries()) {
        const { latencies, refusals } = window;
        const report = { placements: latencies.count(), refused: refusals.inWindow(window.refused) };
        if (report.placements + report.refused === 0) idle.push(eventId);
        else reports[eventId] = { ...report, placementP95Ms: latencies.percentile(0.95) ?? null };
        latencies.nextSecond();
      }
      for (const eventId of idle) windows.delete(eventId);
      return reports;
    },
  };
}

const createEventWindow = () => ({
  latencies: createRecentLatencies(windowSeconds),
  refused: 0,
  refusals: createCountWindow(),
});

/** How much a count that only grows has grown within the window. */
function createCountWindow() {
  const totals = [0];
  return {
    inWindow: (total: number): number => {
      totals.push(total);
      if (totals.length > windowSeconds + 1) totals.shift();
      return total - (totals[0] ?? 0);
    },
  };
}

/** Places exchanged since the last report, each counted once. Bounded: beyond the bound a place may count again. */
function createExchangedPlaces() {
  const counted = new LRUCache<string, true>({ max: countedMax });
  let counts = new Map<string, number>();
  const add = (eventId: string, count: number) => void counts.set(eventId, (counts.get(eventId) ?? 0) + count);
  return {
    note: (eventId: string, placeIndex: number): void => {
      const place = `${eventId} ${placeIndex}`;
      if (counted.has(place)) return;
      counted.set(place, true);
      add(eventId, 1);
    },
    take: (): Map<string, number> => {
      const taken = counts;
      counts = new Map();
      return taken;
    },
    giveBack: add,
  };
}
