import type { DrawnRoom } from '../draw/index.ts';
import type { Serving } from '../admission/serving.ts';

/** A waiting room in the memory of every API process, at most about a second old. */
export type LiveRoom = Serving & {
  readonly eventId: string;
  readonly slug: string;
  readonly organizerId: string;
  /** Of the event. */
  readonly country: string;
  /** The work of a browser before it may join; 0 for none. */
  readonly challengeDifficulty: number;
  readonly turnSeconds: number;
  readonly passSeconds: number;
  /** Positions below this have missed their turn. */
  readonly lapsedBelow: number;
  /** Present once the room is drawn. */
  readonly draw: DrawnRoom | undefined;
  /** Places that were excluded before the freeze, by index. */
  readonly voidedPlaces: ReadonlySet<number>;
};
