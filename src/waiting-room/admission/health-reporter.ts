import { randomBytes } from 'node:crypto';
import type { RedisClient } from '../../platform/redis-client.ts';
import { LRUCache } from 'lru-cache';
import { isUnavailable } from '../../platform/database/db-errors.ts';
import { DomainError } from '../../platform/errors.ts';
import type { Gate } from '../../platform/resilience/gate.ts';
import type { Log } from '../../platform/log.ts';
import { type HealthReport, exchangedKey, healthKey, reportAgeMaxMs } from './health-report.ts';
import { createLatencyWindow } from './latency-window.ts';

/**
 * Reports to the scheduler, once a second and through Redis, the health of orders in this process and the number of
 * exchanged places. Nothing waits for it: while Redis is away no report is sent, and rooms keep their rate.
 */
export type HealthReporter = {
  /** Runs the writing of one order, and records its latency or its refusal for lack of capacity. */
  watch<Result>(write: () => Promise<Result>): Promise<Result>;
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
  const placements = createLatencyWindow(windowSeconds);
  const shed = createShedWindow();
  const places = createExchangedPlaces();
  const probes = deps.gates.map(createProbe);

  const report = async (): Promise<void> => {
    const poolWaitMs = Math.max(0, ...probes.map((waitedMs) => waitedMs()));
    const counted = await deps.shedOrders();
    const sent: HealthReport = {
      placements: placements.count(),
      placementP95Ms: placements.quantile(0.95) ?? null,
      shed: shed.inWindow(counted),
      poolWaitMs,
    };
    placements.turn();
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
    watch: async (write) => {
      const started = performance.now();
      try {
        const result = await write();
        placements.note(performance.now() - started);
        return result;
      } catch (error) {
        if (isShed(error)) shed.count();
        else placements.note(performance.now() - started);
        throw error;
      }
    },
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

/** Refusals of the last seconds: those counted here, and those that traffic control has counted. */
function createShedWindow() {
  let own = 0;
  const totals = [0];
  return {
    count: () => {
      own += 1;
    },
    inWindow: (refusedByTraffic: number): number => {
      totals.push(own + refusedByTraffic);
      if (totals.length > windowSeconds + 1) totals.shift();
      return (totals.at(-1) ?? 0) - (totals[0] ?? 0);
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
