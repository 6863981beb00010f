import type { DrawnRoom } from '../draw/index.ts';
import type { Serving } from '../admission/serving.ts';

/** A waiting room as every process of the API knows it, at most about a second old. */
export type LiveRoom = Serving & {
  readonly eventId: string;
  readonly slug: string;
  readonly organizerId: string;
  /** Of the event. */
  readonly country: string;
  /** How much work a browser does before it may join; 0 asks for none. */
  readonly challengeDifficulty: number;
  readonly turnSeconds: number;
  readonly passSeconds: number;
  /** Positions below this had their turn and let it pass. */
  readonly lapsedBelow: number;
  /** Once drawn. */
  readonly draw: DrawnRoom | undefined;
  /** Places that were taken out before the freeze, by index. */
  readonly voidedPlaces: ReadonlySet<number>;
};
