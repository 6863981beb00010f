import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestEvent } from '../../../testkit/factories.ts';
import type { OrderOptions } from '../../../testkit/orders/placing.ts';

export type SaleRequest = {
  readonly id: number;
  readonly url: string;
  readonly event: TestEvent;
  readonly orders: readonly OrderOptions[];
};

export type ShopMessage = SaleRequest | { readonly id: number; readonly url: string; readonly warm: string };

/** The buyer's answer. `outcome` is `placed` or the code of the refusal. */
export type SaleAnswer = {
  readonly outcome: string;
  readonly orderId?: string;
  readonly replayed?: boolean;
  readonly view?: unknown;
  readonly accessToken?: string;
  readonly milliseconds: number;
};

export type Shops = {
  /** Deals the orders out to the processes in turn; all are placed at once. Answers in the order of the orders. */
  sell(url: string, event: TestEvent, orders: readonly OrderOptions[]): Promise<SaleAnswer[]>;
  close(): Promise<void>;
};

const program = fileURLToPath(new URL('shop-process.ts', import.meta.url));
let requests = 0;

/** API processes of the operating system, each with its own event loop, pool and group commit. */
export async function openShops(count = 2): Promise<Shops> {
  const processes = await Promise.all(Array.from({ length: count }, openShop));
  return {
    sell: async (url, event, orders) => {
      await Promise.all(processes.map((shop) => ask(shop, { url, warm: event.slug })));
      const dealt = await Promise.all(
        processes.map((shop, index) =>
          ask(shop, { url, event, orders: orders.filter((_, position) => position % count === index) }),
        ),
      );
      return orders.map((_, position) => dealt[position % count]?.[Math.floor(position / count)] ?? lost);
    },
    close: async () => {
      await Promise.all(
        processes.map(async (shop) => {
          const ended = once(shop, 'exit');
          shop.disconnect();
          await ended;
        }),
      );
    },
  };
}

const lost: SaleAnswer = { outcome: 'no answer', milliseconds: 0 };

async function openShop(): Promise<ChildProcess> {
  const shop = fork(program);
  await once(shop, 'message');
  return shop;
}

async function ask(
  shop: ChildProcess,
  request: Omit<SaleRequest, 'id'> | { url: string; warm: string },
): Promise<SaleAnswer[]> {
  requests += 1;
  const id = requests;
  const answered = new Promise<SaleAnswer[]>((resolve, reject) => {
    const onMessage = (message: { id: number; answers: SaleAnswer[] }) => {
      if (message.id !== id) return;
      shop.off('message', onMessage).off('exit', onExit);
      resolve(message.answers);
    };
    const onExit = () => reject(new Error('an API process of the race ended'));
    shop.on('message', onMessage).on('exit', onExit);
  });
  shop.send({ id, ...request });
  return answered;
}

/** How often each outcome occurred. */
export function outcomesOf(answers: readonly SaleAnswer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of answers) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
