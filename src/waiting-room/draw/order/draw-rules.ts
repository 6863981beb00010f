/** The time limits of a draw's steps. Published with every draw, so that anyone who audits it can check them. */
export type DrawRules = {
  /**
   * The least time from the freeze to the beacon's round, in which leaves and root are written. The organizer may allow
   * more for a long list.
   */
  readonly leadSeconds: number;
  /** The longest time from the beacon's round until the seed is public. Beyond it the draw is void. */
  readonly revealWithinSeconds: number;
  /** The longest time from the beacon's round until its value is known. Beyond it the draw is void. */
  readonly beaconWithinSeconds: number;
  /** How long one call of `completeDraw` works on leaves before it yields to others. */
  readonly workMs: number;
};

/** Enough for some hundred thousand places on a quiet machine. */
export const leadSecondsMin = 30;
/** Also reached after several draws whose root was late. */
export const leadSecondsMax = 3600;

const defaults: DrawRules = {
  leadSeconds: leadSecondsMin,
  revealWithinSeconds: 300,
  beaconWithinSeconds: 900,
  workMs: 2000,
};

export function rulesOf(given: Partial<DrawRules> | undefined): DrawRules {
  return { ...defaults, ...given };
}

/** Why a draw is void. Published. */
export const voidReasons = [
  /** The times of the room were changed before anybody could join. */
  'rescheduled',
  /** The list was frozen when the beacon's value could already be known. */
  'freeze_late',
  /** The root did not exist before the beacon's value could be known. */
  'root_late',
  /** The seed was not revealed in time. */
  'seed_late',
  /** The seed cannot be decrypted. */
  'seed_lost',
  /** No relay had the beacon's value in time. */
  'beacon_missing',
] as const;
export type VoidReason = (typeof voidReasons)[number];
