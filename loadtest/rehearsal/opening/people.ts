import { mix } from '../../bench/surge/mix.ts';
import { pollEverySeconds } from '../../sizing/size-machines.ts';

/**
 * How people come to a sale. Published sales give totals and no curve, so this is a plan and not a measurement: half of
 * all come within ten seconds, because they wait for the moment (Alibaba's record came 26 s after midnight), and the
 * others evenly within five minutes.
 */
const rushSeconds = 10;
const rushShare = 0.5;
const lastComeSeconds = 300;
/** How long a person is on the page, from the first read to the last. */
const visitSeconds = 60;
/** One order, with the requests of the mix that go with it. */
export const requestsPerVisit = 1 / mix.orders.share;

/** Requests of the mix in each second since the opening, for one person. */
export function curveOfPerson(seconds: number): number[] {
  const perSecond = requestsPerVisit / visitSeconds;
  return Array.from(
    { length: seconds },
    (_, second) => (cameBy(second + 1) - cameBy(second + 1 - visitSeconds)) * perSecond,
  );
}

/** The share of all people who have come by a second. */
function cameBy(second: number): number {
  if (second <= 0) return 0;
  if (second <= rushSeconds) return (rushShare * second) / rushSeconds;
  return rushShare + (1 - rushShare) * Math.min(1, (second - rushSeconds) / (lastComeSeconds - rushSeconds));
}

/** The most requests of the mix in a second, for each person. */
const peakOfPerson = Math.max(...curveOfPerson(lastComeSeconds + visitSeconds));

/** The highest rate that this many people cause, in requests of the mix per second. */
export function expectedPeak(people: number, room: { readonly rateMax: number } | undefined): number {
  if (room === undefined) return Math.ceil(people * peakOfPerson);
  // People who are let in visit the sale. All others read the counter.
  return Math.ceil(Math.min(room.rateMax, people) * requestsPerVisit + people / pollEverySeconds);
}

/** Repeated, so that the people of a peak are all of them again. */
const rounding = 1e-6;

/** The number of people whose peak is a rate. */
export function peopleFor(perSecond: number, room: { readonly rateMax: number } | undefined): number {
  if (room === undefined) return Math.floor(perSecond / peakOfPerson);
  return Math.max(0, Math.floor((perSecond - room.rateMax * requestsPerVisit) * pollEverySeconds + rounding));
}

/** If the fixed ladder has no rate below the peak, this share of the peak is tried. */
const belowPeak = [0.25, 0.5] as const;
/** A rate of the ladder this near to the peak adds nothing to it. */
const nearPeak = 0.9;
/** The headroom above the peak is worth knowing. */
const beyondPeak = 1.5;

/** The rates to try: up a fixed ladder, the peak, and one beyond it. */
export function ratesFor(peak: number, ladder: readonly number[]): number[] {
  const climbed = ladder.filter((rate) => rate < nearPeak * peak);
  const below = climbed.length > 0 ? climbed : belowPeak.map((times) => Math.max(1, Math.round(peak * times)));
  return [...new Set([...below, peak, Math.round(peak * beyondPeak)])];
}
