import { counter, gauge } from '../platform/metrics.ts';
import { type PaceLimit, paceLimits } from './admission/admission-rate.ts';
import { phases } from './rooms/phase.ts';

export const watchedRooms = gauge('waiting_room_watched', 'Waiting rooms that this process knows');
export const watchAge = gauge('waiting_room_watch_age_seconds', 'Time since the waiting rooms were last read');

const outcomes = ['passed', 'not_your_turn', 'lapsed', 'invalid', 'not_open'] as const;
export type ExchangeOutcome = (typeof outcomes)[number];
const exchanges = counter('waiting_room_exchanges_total', 'Places presented for a pass, by outcome', ['outcome']);
/** With bound labels: a bound counter costs a twentieth of a lookup. */
export const exchanged: Readonly<Record<ExchangeOutcome, { inc(): void }>> = {
  passed: exchanges.labels({ outcome: 'passed' }),
  not_your_turn: exchanges.labels({ outcome: 'not_your_turn' }),
  lapsed: exchanges.labels({ outcome: 'lapsed' }),
  invalid: exchanges.labels({ outcome: 'invalid' }),
  not_open: exchanges.labels({ outcome: 'not_open' }),
};

export const roomsByPhase = gauge('waiting_room_rooms', 'Waiting rooms that are not over, by phase', ['phase']);
for (const phase of phases) if (phase !== 'over') roomsByPhase.set({ phase }, 0);
export const ticks = counter('waiting_room_ticks_total', 'Looks of the scheduler at a room, by result', ['outcome']);
const seconds = counter(
  'waiting_room_seconds_total',
  'Seconds of rooms that are open or probably sold out, by what decides how fast they call',
  ['limit'],
);
export const secondsServed = Object.fromEntries(
  paceLimits.map((limit) => [limit, seconds.labels({ limit })]),
) as Readonly<Record<PaceLimit, { inc(): void }>>;
export const admissionRate = gauge('waiting_room_admission_rate', 'Buyers let in per second, over all open rooms');
export const admissionRateMax = gauge(
  'waiting_room_admission_rate_max',
  'Buyers per second that organisers allow, over all open rooms',
);
export const waitingPlaces = gauge('waiting_room_waiting_places', 'Places that have not been called, over all rooms');
export const drawsLate = gauge('waiting_room_draws_late', 'Rooms that should be open and have not been drawn');
export const healthReporters = gauge('waiting_room_health_reporters', 'API processes whose health is known');

const joinOutcomes = counter('waiting_room_joins_total', 'Buyers who asked for a place, by outcome', ['outcome']);
export const joins = {
  joined: joinOutcomes.labels({ outcome: 'joined' }),
  /** A lapsed place was given up for a new one at the end. */
  rejoined: joinOutcomes.labels({ outcome: 'rejoined' }),
  known: joinOutcomes.labels({ outcome: 'known' }),
  not_open: joinOutcomes.labels({ outcome: 'not_open' }),
  challenge_required: joinOutcomes.labels({ outcome: 'challenge_required' }),
  challenge_failed: joinOutcomes.labels({ outcome: 'challenge_failed' }),
} as const;
export const challengesIssued = counter('waiting_room_challenges_total', 'Challenges made for joining');

export const drawsEnded = counter('draws_ended_total', 'Draws that were drawn or became void, by reason', ['outcome']);
export const beaconAnswers = counter('beacon_answers_total', 'Answers of the public beacon, by result', ['kind']);
