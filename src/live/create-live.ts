import type { RedisClient } from '../platform/redis-client.ts';
import type { PublicReadServer } from '../catalog/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database/db.ts';
import type { Log } from '../platform/log.ts';
import { type LinkVersionsOf, checkRights } from './check-rights.ts';
import { createFigureKinds } from './figure-kinds.ts';
import { type Figures, createFigures } from './figures.ts';
import { createHub } from './hub.ts';
import { topicOf } from './messages.ts';
import { type Facts, createPublisher, publishChanges } from './publish.ts';
import { createRates } from './rates.ts';
import type { SalesDeps } from './sales-figure.ts';

/**
 * The live streams of a process.
 * @param deps.db a small pool of its own, so that figures take no connection from a request
 */
export function createLive(deps: {
  readonly redis: RedisClient;
  readonly log: Log;
  readonly clock: Clock;
  readonly db: Db;
  readonly publicReads: Pick<PublicReadServer, 'answer'>;
  readonly linkVersionsOf: LinkVersionsOf;
  readonly gatewayFeesOf: SalesDeps['gatewayFeesOf'];
  readonly streamsPerNetworkMax: number;
}) {
  const { redis, log } = deps;
  const rates = createRates(deps.clock);
  const publisher = createPublisher(redis);
  const stopPublishing = publishChanges(publisher);
  const hub = createHub({
    ...deps,
    watch: {
      onFirst: ({ kind, topic, figures: wanted }) => {
        if (kind === 'sales') rates.watch(topic.slice('sales:'.length));
        figures.watch(wanted?.() ?? []);
      },
      onLast: (topic) => {
        if (topic.startsWith('sales:')) rates.unwatch(topic.slice('sales:'.length));
        figures.unwatch(topic);
      },
      onFacts: (eventId, facts) => {
        rates.note(eventId, facts);
        outdate(figures, eventId, facts);
      },
      onMessage: (message) => figures.arrived(message),
      onGap: () => figures.outdateAll(),
    },
  });
  const figures = createFigures({ redis, log, latest: hub.latest, publish: publisher.publish });
  const stopChecking = checkRights({ ...deps, hub });
  return {
    open: hub.open,
    figures: createFigureKinds({ ...deps, rates }),
    drain: hub.drain,
    close: () => {
      stopPublishing();
      publisher.close();
      stopChecking();
      figures.close();
      hub.close();
    },
  };
}

function outdate(figures: Figures, eventId: string, { placed, scans, orders, allOrders }: Facts): void {
  const hasOrders = orders === true || allOrders === true;
  figures.outdate(topicOf('sales', eventId));
  if (placed !== undefined || hasOrders) figures.outdate(topicOf('event', eventId));
  if (scans !== undefined || hasOrders) figures.outdate(topicOf('door', eventId));
}
