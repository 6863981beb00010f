import { seededRandom } from '../../../sandbox/random.ts';
import { seesNewOrders } from '../../../testkit/orders/new-orders.ts';
import { openTcpProxy } from '../../../testkit/services/tcp-proxy.ts';
import type { Drill } from '../drill.ts';
import { saleDrill } from '../sale/sale-drill.ts';
import type { Strikes } from '../sale/strikes.ts';
import { selling, shortSale, withoutKeyLookup } from '../sale/selling.ts';

const cutShare = 0.1;
const what = 'connections cut after orders were passed on to Postgres';

/** The proxies that may cut now, by the run that they belong to. */
const armed = new WeakSet<Strikes>();

/**
 * A proxy between the API and PgBouncer that cuts connections which carry orders: it passes the call on, and cuts when the answer
 * comes. The orders are committed, and the API does not know.
 */
async function cuttingWire(
  url: string,
  strikes: Strikes,
  seed: number,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const random = seededRandom(seed);
  const placesOrders = seesNewOrders();
  strikes.expect(what);
  return openTcpProxy(url, {
    onRequest: (bytes, cut) => {
      if (!placesOrders(bytes) || !armed.has(strikes) || random() > cutShare) return;
      strikes.count(what, 1);
      cut.atAnswer();
    },
  });
}

export const wireDrills: Readonly<Record<string, Drill>> = {
  'commit-cut': saleDrill({
    ...selling,
    ...shortSale,
    fault: `API to PgBouncer: the connection is cut after COMMIT and before the answer, for ${cutShare * 100} % of the calls that place orders`,
    proof: 'The proxy between them counts the connections that it cut.',
    stallMaxSeconds: 60,
    world: (strikes, seed) => ({ databaseWire: (url) => cuttingWire(url, strikes, seed) }),
    strike: async ({ strikes, wait, seconds }) => {
      armed.add(strikes);
      while (await wait(seconds * 1000));
      armed.delete(strikes);
    },
    mutant: withoutKeyLookup,
  }),
};
