import type { StaffActor } from '../../../src/access/actor.ts';
import type { Db } from '../../../src/platform/database/db.ts';
import type { TestEvent } from '../../../testkit/factories.ts';

/** An organizer with an event that is a draft, or on sale where the act needs it. */
export type Scene = { readonly db: Db; readonly actor: StaffActor; readonly event: TestEvent; readonly n: number };

export type CountedLimit = {
  readonly table: string;
  readonly max: number;
  /** The column by which rows are counted, and whose they are. */
  readonly of: readonly [column: string, whose: (scene: Scene) => string];
  /** The columns that tell copies of a row apart, as SQL with the number `n`. */
  readonly copy: Readonly<Record<string, string>>;
  /** The statement before which the first act waits: it comes after the count. */
  readonly pause?: RegExp;
  readonly add: (db: Db, scene: Scene) => Promise<unknown>;
};

/** A time so many hours from now. */
export const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

/** What else a change of an event calls. */
export const changes = {
  cachedReads: { changed: async () => {} },
  stagePurge: async () => {},
  availabilityOf: async () => [],
  unpayableSale: async () => [],
  eventChanged: async () => {},
};
