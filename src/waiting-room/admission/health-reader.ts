import type { RedisClient } from '../../platform/redis-client.ts';
import type { Log } from '../../platform/log.ts';
import type { Health } from './admission-rate.ts';
import { type HealthReport, exchangedKey, healthKey, reportAgeMaxMs } from './health-report.ts';
import { healthReporters } from '../metrics.ts';

/** The scheduler's knowledge of the API processes; nothing while Redis is down. */
export type HealthReader = {
  /** The health of an event's orders. Undefined when no process has reported within five seconds. */
  read(eventId: string): Promise<Health | undefined>;
  /** Places exchanged since the last read; no other reader gets them again. */
  takeExchanged(eventId: string): Promise<number>;
  giveBackExchanged(eventId: string, count: number): Promise<void>;
};

/** With fewer orders than this, latency and the share of refusals mean nothing. */
const placementsMin = 20;

/** KEYS health. ARGV age ms. Returns the recent reports and deletes the others. */
const readScript = `
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all = redis.call('hgetall', KEYS[1])
local fresh = {}
for index = 1, #all, 2 do
  local at, report = string.match(all[index + 1], '^(%d+) (.*)$')
  if at and now - tonumber(at) <= tonumber(ARGV[1]) then fresh[#fresh + 1] = report
  else redis.call('hdel', KEYS[1], all[index]) end
end
return fresh`;

/** KEYS exchanged. ARGV event. */
const takeScript = `
local count = redis.call('hget', KEYS[1], ARGV[1])
if count then redis.call('hdel', KEYS[1], ARGV[1]) end
return count or 0`;

export function createHealthReader({ redis, log }: { redis: RedisClient; log: Log }): HealthReader {
  const ask = async <Answer>(question: () => Promise<Answer>, otherwise: Answer): Promise<Answer> => {
    if (redis.status !== 'ready') return otherwise;
    try {
      return await question();
    } catch (error) {
      log.debug({ err: error }, 'the health of orders could not be read');
      return otherwise;
    }
  };
  return {
    read: (eventId) =>
      ask(async () => {
        const reports: unknown = await redis.eval(readScript, 1, healthKey, reportAgeMaxMs);
        return healthOf(Array.isArray(reports) ? reports.map((text) => JSON.parse(String(text))) : [], eventId);
      }, undefined),
    takeExchanged: (eventId) => ask(async () => Number(await redis.eval(takeScript, 1, exchangedKey, eventId)), 0),
    giveBackExchanged: async (eventId, count) => {
      if (count > 0) await ask(() => redis.hincrby(exchangedKey, eventId, count), 0);
    },
  };
}

const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

/** The worst values of all processes: a slow process is slow for everyone it serves. */
export function healthOf(reports: readonly HealthReport[], eventId: string): Health | undefined {
  healthReporters.set(reports.length);
  if (reports.length === 0) return undefined;
  const own = reports.flatMap(({ events }) => events[eventId] ?? []);
  const slow = own
    .filter(({ placements }) => placements >= placementsMin)
    .map(({ placementP95Ms }) => placementP95Ms ?? 0);
  const shed = sumOf([...reports.map((report) => report.shed), ...own.map(({ refused }) => refused)]);
  const all = shed + sumOf(own.map(({ placements }) => placements));
  return {
    placementP95Ms: slow.length === 0 ? undefined : Math.max(...slow),
    shedRatio: all < placementsMin ? 0 : shed / all,
    poolWaitMs: Math.max(...reports.map((report) => report.poolWaitMs)),
  };
}
