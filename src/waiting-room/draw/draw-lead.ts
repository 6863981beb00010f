/** Fast enough for some hundred thousand places on a quiet machine, and the least that a plan may have. */
const leadSecondsMin = 30;
/** A list that takes longer is for an organizer to say. */
const leadSecondsMax = 600;
/** What is left after the round is for a second draw, should the first one be void. */
const leadShare = 0.5;

/**
 * How long after the freeze the draw's beacon round comes when the organizer does not say, in whole seconds. The round is
 * committed to before anybody has joined, so the time between freeze and opening is all that says how many are expected.
 */
export function drawLeadOf(freezesAt: Date, opensAt: Date): number {
  const seconds = Math.floor(((opensAt.getTime() - freezesAt.getTime()) / 1000) * leadShare);
  return Math.min(Math.max(seconds, leadSecondsMin), leadSecondsMax);
}
