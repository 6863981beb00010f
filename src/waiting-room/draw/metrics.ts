import { counter } from '../../platform/metrics.ts';

export const drawsEnded = counter('draws_ended_total', 'Draws that were drawn or became void, by reason', ['outcome']);
export const beaconAnswers = counter('beacon_answers_total', 'Answers of the public beacon, by what they were', [
  'kind',
]);
