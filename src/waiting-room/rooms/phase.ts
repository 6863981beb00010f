/** The phase of an event's waiting room. `index.ts` shows how phases follow each other. */
export const phases = ['closed', 'pre_queue', 'drawing', 'open', 'probably_sold_out', 'over'] as const;
export type Phase = (typeof phases)[number];

/** Phases in which nobody has a place, or a place is worth nothing. In all others a place is given, or found again. */
export const placelessPhases: readonly Phase[] = ['closed', 'over'];
/** Phases in which a place whose turn has come can be exchanged for a pass. */
export const exchangePhases: readonly Phase[] = ['open', 'probably_sold_out'];
