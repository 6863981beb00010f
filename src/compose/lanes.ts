import type { Config } from '../config.ts';
import { createPlacement } from '../orders/index.ts';
import { createCallbackInbox, totalMaxes } from '../payments/index.ts';
import type { Db } from '../platform/database/db.ts';
import type { GroupCommit } from '../platform/database/group-commit.ts';
import {
  type createTrafficControl,
  type createWritesLimiter,
  limitGroupCommit,
  limitPerEvent,
} from '../traffic-control/index.ts';
import type { HealthReporter } from '../waiting-room/index.ts';

/** How long requests wait for newer bytes and for their order, if not as long as usual. */
export type Patience = { readonly staleAfterMs?: number | undefined; readonly orderMs?: number };

type Traffic = ReturnType<typeof createTrafficControl>;

/** The lanes of the hot writes, with their limits. */
export function composeLanes(deps: {
  readonly config: Pick<Config, 'DATABASE_WRITE_POOL_SIZE' | 'HELD_PER_NETWORK_MAX'>;
  readonly writeDb: Db;
  readonly limiter: ReturnType<typeof createWritesLimiter>;
  readonly shedder: Traffic['shedder'];
  readonly areSalesStopped: (eventId: string) => boolean;
  readonly health: Pick<HealthReporter, 'watch' | 'refused'>;
  /** Whether buyers of this event come through a waiting room. */
  readonly hasRoom: (eventId: string) => boolean;
  readonly orderMs?: number | undefined;
}) {
  const { config, writeDb, limiter, shedder, health, hasRoom, orderMs } = deps;
  const flushesMax = Math.max(1, config.DATABASE_WRITE_POOL_SIZE - 1);
  const limitWrites = <Item, Result>(group: GroupCommit<Item, Result>, routeClass: 0 | 1 | 2) =>
    limitGroupCommit(group, limiter, routeClass);
  const orders = createPlacement({
    db: writeDb,
    flushesMax,
    heldPerNetworkMax: config.HELD_PER_NETWORK_MAX,
    totalMaxes,
    areSalesStopped: deps.areSalesStopped,
    ...(orderMs === undefined ? {} : { orderMs }),
  });
  const limited = limitWrites(orders, 2);
  // Only a waiting room asks for the health of its event's orders.
  const watched: typeof limited = {
    ...limited,
    submit: (eventId, item) =>
      hasRoom(eventId) ? health.watch(eventId, () => limited.submit(eventId, item)) : limited.submit(eventId, item),
  };
  const placement = limitPerEvent(watched, limiter, 2, {
    refusedLater: shedder.refusedLater,
    refusedIn: (eventId) => {
      if (hasRoom(eventId)) health.refused(eventId);
    },
  });
  return {
    limitWrites,
    flushesMax,
    placement,
    inbox: limitWrites(createCallbackInbox({ db: writeDb, flushesMax }), 0),
  };
}
