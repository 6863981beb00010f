import { type Step, type Story, at, expectThat, listOf, call, until } from './http.ts';
import type { DemoOrder } from './place.ts';

/** Tells the sandbox how to treat this buyer, pays there, and checks the result. */
export async function pay(story: Story, step: Step, order: DemoOrder): Promise<void> {
  const headers = { authorization: `Bearer ${order.accessToken}` };
  const read = () => call(`${story.api}/v1/orders/${order.id}`, { headers });

  await step('the worker has made the payment at the gateway', async () => {
    await until(15, 'the payment never became pending', async () => {
      const reply = await read();
      expectThat(reply.status === 200, `GET the order answered ${reply.status}`);
      return at(reply.body, 'payment', 'status') === 'pending' ? reply : undefined;
    });
  });
  const orderIdAtGateway = await step('the gateway asks for exactly the order’s total', async () => {
    const reply = await call(`${story.sandbox}/midtrans/transactions?customerEmail=${encodeURIComponent(order.email)}`);
    const [transaction] = listOf(reply.body);
    expectThat(transaction !== undefined, 'the sandbox knows no transaction of this buyer');
    expectThat(
      Number(at(transaction, 'amount')) === order.total,
      `the gateway asks for another amount: ${JSON.stringify(transaction)}`,
    );
    return String(at(transaction, 'orderId'));
  });
  await step('the buyer pays by QRIS; the callback comes, signed, twice', async () => {
    await call(`${story.sandbox}/control/scenarios`, {
      method: 'POST',
      body: { match: { orderId: orderIdAtGateway }, callback: { duplicates: 1 } },
    });
    const paid = await call(`${story.sandbox}/control/payments/${orderIdAtGateway}/pay`, {
      method: 'POST',
      body: { method: 'qris' },
    });
    expectThat(paid.status < 300, `the sandbox answered ${paid.status} ${JSON.stringify(paid.body)}`);
  });
  await step('the order is paid, once', async () => {
    await until(15, 'the order never became paid', async () =>
      at((await read()).body, 'status') === 'paid' ? true : undefined,
    );
    const reply = await read();
    expectThat(
      at(reply.body, 'payment', 'status') === 'paid',
      `payment.status is ${String(at(reply.body, 'payment', 'status'))}`,
    );
  });
  await step('a forged callback changes nothing', async () => {
    await call(`${story.sandbox}/control/payments/${orderIdAtGateway}/callbacks`, {
      method: 'POST',
      body: { kind: 'bad_signature' },
    });
    expectThat(at((await read()).body, 'status') === 'paid', 'the forged callback changed the order');
  });
}
