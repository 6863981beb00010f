import { randomUUID } from 'node:crypto';
import type { DemoEvent } from './browse.ts';
import { type Step, type Story, at, expectThat, call } from './http.ts';

export type DemoOrder = {
  readonly id: string;
  readonly accessToken: string;
  readonly email: string;
  readonly phone: string;
  readonly total: number;
};

export async function place(story: Story, step: Step, event: DemoEvent): Promise<DemoOrder> {
  const digits = String(Number.parseInt(story.run, 16)).padStart(10, '0').slice(-9);
  const buyer = { name: 'Ayu Lestari', email: `ayu.${story.run}@pembeli.test`, phone: `+62812${digits}` };
  const body = {
    eventSlug: story.slug,
    buyer,
    lines: [{ ticketCategoryId: event.categoryId, quantity: 2 }],
    locale: 'id',
  };
  const key = randomUUID();
  const send = (sent: unknown) =>
    call(`${story.api}/v1/orders`, { method: 'POST', headers: { 'idempotency-key': key }, body: sent });

  const placed = await step('an order for two tickets is placed and durable', async () => {
    const reply = await send(body);
    expectThat(reply.status === 201, `POST /v1/orders answered ${reply.status} ${JSON.stringify(reply.body)}`);
    expectThat(
      reply.headers.get('location') === `/v1/orders/${String(at(reply.body, 'id'))}`,
      'Location does not name the order',
    );
    return reply.body;
  });
  await step('the same request again is the same order', async () => {
    const reply = await send(body);
    expectThat(
      reply.status === 201 && at(reply.body, 'id') === at(placed, 'id'),
      `the replay answered ${reply.status}, order ${String(at(reply.body, 'id'))}`,
    );
    expectThat(reply.headers.get('idempotent-replayed') === 'true', 'the replay is not marked');
  });
  await step('the same key with another body is refused', async () => {
    const reply = await send({ ...body, lines: [{ ticketCategoryId: event.categoryId, quantity: 1 }] });
    expectThat(reply.status === 422, `the changed body answered ${reply.status}`);
  });
  await step('without its token the order does not exist', async () => {
    const reply = await call(`${story.api}/v1/orders/${String(at(placed, 'id'))}`);
    expectThat(reply.status === 404, `without a token: ${reply.status}`);
  });
  return {
    id: String(at(placed, 'id')),
    accessToken: String(at(placed, 'accessToken')),
    email: buyer.email,
    phone: buyer.phone,
    total: Number(at(placed, 'total', 'amount')),
  };
}
