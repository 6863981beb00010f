import process from 'node:process';
import type { OpenDb } from '../../../src/platform/database/db.ts';
import { type OrderOptions, openTestDb, order, placingDeps } from '../../../testkit/orders/placing.ts';
import type { SaleAnswer, SaleRequest, ShopMessage } from './shops.ts';

/** One API process of a race: it places what it is told to, all at once, over its own pool and its own group commit. */

type Shop = { readonly open: OpenDb; readonly deps: ReturnType<typeof placingDeps> };

const shops = new Map<string, Shop>();

function shopOf(url: string): Shop {
  const known = shops.get(url);
  if (known !== undefined) return known;
  const open = openTestDb(url);
  const deps = placingDeps(open);
  // Every order of a race is decided by the database: a process that remembers a sell-out would take its share of the race.
  const shop = { open, deps: { ...deps, soldOut: { ...deps.soldOut, note: () => {} } } };
  shops.set(url, shop);
  return shop;
}

async function place({ deps }: Shop, request: SaleRequest, options: OrderOptions): Promise<SaleAnswer> {
  const started = performance.now();
  const after = () => Math.round(performance.now() - started);
  try {
    const { order: placed, replayed } = await order(deps, request.event, options);
    const { accessToken, ...view } = placed;
    return { outcome: 'placed', orderId: placed.id, replayed, view, accessToken, milliseconds: after() };
  } catch (error) {
    const outcome = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { outcome, milliseconds: after() };
  }
}

process.on('message', (message: ShopMessage) => {
  const shop = shopOf(message.url);
  if ('warm' in message) {
    // The slug and a connection are looked up before the rush, as in a process that has been up for a while.
    void shop.deps.directory.find(message.warm).then(() => process.send?.({ id: message.id, answers: [] }));
    return;
  }
  void Promise.all(message.orders.map((options) => place(shop, message, options))).then((answers) =>
    process.send?.({ id: message.id, answers }),
  );
});

process.on('disconnect', () => {
  void Promise.all([...shops.values()].map(({ open }) => open.close())).then(() => process.exit(0));
});

process.send?.('ready');
