import type { Actors } from '../access/actors.ts';
import type { Clock } from '../platform/clock.ts';
import type { PictureDeps } from './media/set-picture.ts';
import type { CategoryMoved, LimitsChanged, MoveGates, WasOrdered } from './ports.ts';

/** Everything that the organiser's routes of this room need. */
export type CatalogDeps = PictureDeps & {
  readonly actors: Actors;
  readonly clock: Clock;
  readonly limitsChanged: LimitsChanged;
  readonly wasOrdered: WasOrdered;
  readonly categoryMoved: CategoryMoved;
  readonly moveGates: MoveGates;
};
