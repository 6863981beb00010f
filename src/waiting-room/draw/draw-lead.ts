import { leadSecondsMin } from './order/draw-rules.ts';

/** For a list that takes longer the organizer must set the lead. */
const ownLeadSecondsMax = 600;
/** The rest of the time is for a second draw, if the first one becomes void. */
const leadShare = 0.5;

/**
 * Seconds from the freeze to the draw's beacon round if the organizer sets none. The round is committed to before
 * anybody has joined, so only the time between freeze and opening shows how many are expected.
 */
export function drawLeadOf(freezesAt: Date, opensAt: Date): number {
  const seconds = Math.floor(((opensAt.getTime() - freezesAt.getTime()) / 1000) * leadShare);
  return Math.min(Math.max(seconds, leadSecondsMin), ownLeadSecondsMax);
}
