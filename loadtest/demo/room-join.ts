import { randomUUID } from 'node:crypto';
import { type Reply, type Step, type Story, at, expectThat, listOf, call, until } from './http.ts';
import { type DemoRoom, buyersCount } from './room-plan.ts';

export type DemoBuyer = { readonly name: string; readonly email: string; readonly phone: string };
export type DemoPlace = { readonly buyer: DemoBuyer; readonly placeToken: string; readonly index: number };

/** Twenty buyers confirm an address by the code in their mail, and each takes a place. */
export async function joinRoom(story: Story, step: Step, room: DemoRoom): Promise<DemoPlace[]> {
  await step('nobody orders past the line: without a pass an order is refused', async () => {
    const reply = await placeOrder(story, room, { buyer: buyerOf(story, 0), pass: undefined });
    expectThat(at(reply.body, 'code') === 'queue.pass_required', `the order answered ${JSON.stringify(reply.body)}`);
  });
  const buyers = Array.from({ length: buyersCount }, (_, n) => buyerOf(story, n));
  const tokens = await step(`${buyersCount} buyers confirm their address by the code in their mail`, () =>
    Promise.all(buyers.map((buyer) => confirm(story, buyer))),
  );
  await step('the line opens', () =>
    until(10, 'the line did not open', async () => {
      const queue = await call(`${story.api}/v1/events/${story.slug}/queue`);
      return at(queue.body, 'phase') === 'pre_queue' ? true : undefined;
    }),
  );
  const places = await step('each of them has a place, and nobody two', async () => {
    const joined = await Promise.all(buyers.map((buyer, n) => join(story, buyer, tokens[n] ?? '')));
    const indexes = new Set(joined.map(({ index }) => index));
    expectThat(indexes.size === buyersCount, `${indexes.size} places for ${buyersCount} buyers`);
    return joined;
  });
  await step('joining again is the same place', async () => {
    const [first] = places;
    const again = await join(story, buyerOf(story, 0), tokens[0] ?? '');
    expectThat(again.index === first?.index, `the place was ${first?.index} and is ${again.index}`);
  });
  return places;
}

/** An order for one ticket. */
export function placeOrder(
  story: Story,
  room: DemoRoom,
  { buyer, pass }: { buyer: DemoBuyer; pass: string | undefined },
): Promise<Reply> {
  return call(`${story.api}/v1/orders`, {
    method: 'POST',
    headers: { 'idempotency-key': randomUUID(), ...(pass === undefined ? {} : { 'queue-pass': pass }) },
    body: { eventSlug: story.slug, buyer, lines: [{ ticketCategoryId: room.categoryId, quantity: 1 }], locale: 'id' },
  });
}

function buyerOf(story: Story, n: number): DemoBuyer {
  const digits = String((Number.parseInt(story.run, 16) + n) % 1_000_000_000).padStart(9, '0');
  return { name: `Pembeli ${n + 1}`, email: `antre.${story.run}.${n + 1}@pembeli.test`, phone: `+62813${digits}` };
}

async function confirm(story: Story, { email }: DemoBuyer): Promise<string> {
  const asked = await call(`${story.api}/v1/buyers/verifications`, { method: 'POST', body: { email } });
  expectThat(asked.status === 202, `asking for a code answered ${asked.status} ${JSON.stringify(asked.body)}`);
  const code = await until(15, `no code came to ${email}`, async () => {
    const inbox = await call(`${story.sandbox}/inbox?to=${encodeURIComponent(email)}`);
    const [mail] = listOf(inbox.body);
    if (mail === undefined) return undefined;
    const whole = await call(`${story.sandbox}/inbox/${String(at(mail, 'id'))}`);
    return /\b\d{3} ?\d{3}\b/.exec(String(at(whole.body, 'text')))?.[0];
  });
  const confirmed = await call(`${story.api}/v1/buyers/confirmations`, {
    method: 'POST',
    body: { verificationId: at(asked.body, 'verificationId'), code },
  });
  expectThat(confirmed.status === 200, `the code was refused: ${JSON.stringify(confirmed.body)}`);
  return String(at(confirmed.body, 'buyerToken'));
}

async function join(story: Story, buyer: DemoBuyer, token: string): Promise<DemoPlace> {
  const reply = await until(5, 'no place could be had', async () => {
    const joined = await call(`${story.api}/v1/events/${story.slug}/queue/places`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    // Processes learn of an opened line within a second of each other.
    return at(joined.body, 'code') === 'queue.not_open' ? undefined : joined;
  });
  expectThat(reply.status === 200 || reply.status === 201, `joining answered ${JSON.stringify(reply.body)}`);
  return { buyer, placeToken: String(at(reply.body, 'placeToken')), index: Number(at(reply.body, 'index')) };
}
