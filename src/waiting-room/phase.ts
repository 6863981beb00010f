/** Where an event's waiting room stands. `index.ts` draws how one follows the other. */
export const phases = ['closed', 'pre_queue', 'drawing', 'open', 'probably_sold_out', 'over'] as const;
export type Phase = (typeof phases)[number];

/** Phases in which a place can be had. */
export const joinablePhases: readonly Phase[] = ['pre_queue', 'drawing', 'open'];
/** Phases in which a place whose turn has come can be exchanged for a pass. */
export const exchangePhases: readonly Phase[] = ['open', 'probably_sold_out'];
