import type { Clock } from '../platform/clock.ts';
import { rateSeconds } from './limits.ts';
import type { Facts } from './publish.ts';

const counted = ['placed', 'paid', 'scans', 'messages'] as const;
type Counts = Record<(typeof counted)[number], number>;

/** How often something happens per second, averaged over the last seconds, for events that somebody watches. */
export type Rates = {
  watch(eventId: string): void;
  unwatch(eventId: string): void;
  note(eventId: string, facts: Facts): void;
  of(eventId: string): Counts;
};

export function createRates(clock: Clock): Rates {
  const events = new Map<string, Map<number, Counts>>();
  const none = (): Counts => ({ placed: 0, paid: 0, scans: 0, messages: 0 });
  const second = () => Math.floor(clock.now().getTime() / 1000);
  return {
    watch: (eventId) => void events.set(eventId, events.get(eventId) ?? new Map()),
    unwatch: (eventId) => void events.delete(eventId),
    note: (eventId, facts) => {
      const seconds = events.get(eventId);
      if (seconds === undefined) return;
      const current = seconds.get(second()) ?? none();
      for (const name of counted) current[name] += facts[name] ?? 0;
      seconds.set(second(), current);
      for (const known of seconds.keys()) if (known < second() - rateSeconds) seconds.delete(known);
    },
    of: (eventId) => {
      const rates = none();
      for (const [at, counts] of events.get(eventId) ?? []) {
        // The current second is not over yet, so it does not count.
        if (at < second() - rateSeconds || at >= second()) continue;
        for (const name of counted) rates[name] += counts[name] / rateSeconds;
      }
      return rates;
    },
  };
}
