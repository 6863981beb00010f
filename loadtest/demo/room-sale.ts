import { type Reply, type Step, type Story, at, expectThat, call, until } from './http.ts';
import type { DrawnPlace } from './room-draw.ts';
import { type DemoBuyer, placeOrder } from './room-join.ts';
import { type DemoRoom, buyersCount, rateMax } from './room-plan.ts';

export type DemoPass = { readonly buyer: DemoBuyer; readonly pass: string };

/** A process may know the rate of a second ago, and extrapolates by it. */
const rateSlack = 1.1;

/** Positions are called in order, no faster than planned, and exchanged for passes. */
export async function callPlaces(story: Story, step: Step, places: readonly DrawnPlace[]): Promise<DemoPass[]> {
  await step('the sale opens; who has not been called gets no pass', async () => {
    const phase = async () => at((await call(`${story.api}/v1/events/${story.slug}/queue`)).body, 'phase');
    await until(60, 'the sale did not open', async () => ((await phase()) === 'open' ? true : undefined));
    const early = await exchange(story, places.at(-1)?.placeToken ?? '');
    expectThat(at(early.body, 'code') === 'queue.not_your_turn', `the last place got ${JSON.stringify(early.body)}`);
  });
  return step(`they are called in order, at ${rateMax} a second at most, and each gets a pass`, async () => {
    const passes: DemoPass[] = [];
    let firstAt: number | undefined;
    for (const { buyer, placeToken, position } of places) {
      const pass = await until(30, `position ${position} was not called`, async () => {
        const reply = await exchange(story, placeToken);
        if (reply.status === 201) return String(at(reply.body, 'pass'));
        expectThat(at(reply.body, 'code') === 'queue.not_your_turn', `a place got ${JSON.stringify(reply.body)}`);
        return undefined;
      });
      firstAt ??= performance.now();
      passes.push({ buyer, pass });
    }
    const seconds = (performance.now() - (firstAt ?? 0)) / 1000;
    const rate = (buyersCount - 1) / seconds;
    expectThat(rate <= rateMax * rateSlack, `${rate.toFixed(1)} a second were called`);
    return passes;
  });
}

/** Each pass places one order for its own buyer, and nothing else. */
export async function orderWithPasses(
  story: Story,
  step: Step,
  { room, passes }: { room: DemoRoom; passes: readonly DemoPass[] },
): Promise<void> {
  const [first, second] = passes;
  if (first === undefined || second === undefined) throw new Error('there are not two passes');
  await step('a forged pass is refused', async () => {
    const forged = first.pass.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    expectCode(await placeOrder(story, room, { buyer: first.buyer, pass: forged }), 'queue.pass_invalid');
  });
  await step('somebody else’s pass is refused', async () => {
    expectCode(await placeOrder(story, room, { buyer: second.buyer, pass: first.pass }), 'queue.pass_invalid');
  });
  await step(`${buyersCount} buyers place ${buyersCount} orders with their passes`, async () => {
    const replies = await Promise.all(passes.map((held) => placeOrder(story, room, held)));
    const refused = replies.find(({ status }) => status !== 201);
    expectThat(refused === undefined, `an order answered ${JSON.stringify(refused?.body)}`);
  });
  await step('a spent pass is refused', async () => {
    expectCode(await placeOrder(story, room, first), 'queue.pass_spent');
  });
}

function exchange(story: Story, placeToken: string): Promise<Reply> {
  return call(`${story.api}/v1/events/${story.slug}/queue/passes`, { method: 'POST', body: { placeToken } });
}

function expectCode(reply: Reply, code: string): void {
  expectThat(at(reply.body, 'code') === code, `the order answered ${reply.status} ${JSON.stringify(reply.body)}`);
}
