import { type Step, type Story, at, expectThat, listOf, call } from './http.ts';

export type DemoEvent = { readonly id: string; readonly categoryId: string };

export async function browse(story: Story, step: Step): Promise<DemoEvent> {
  const url = `${story.api}/v1/events/${story.slug}`;
  const first = await step('the event page is there, for everybody and every cache', async () => {
    const reply = await call(url);
    expectThat(reply.status === 200, `GET ${url} answered ${reply.status}`);
    expectThat(/public/.test(reply.headers.get('cache-control') ?? ''), 'the event page is not public to caches');
    return reply;
  });
  await step('a second read is a cache hit', async () => {
    const reply = await call(url);
    expectThat(
      /hit/.test(reply.headers.get('cache-status') ?? ''),
      `Cache-Status is "${reply.headers.get('cache-status')}"`,
    );
  });
  await step('a conditional read is 304 Not Modified', async () => {
    const reply = await call(url, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } });
    expectThat(reply.status === 304, `the conditional read answered ${reply.status}`);
  });
  return step('ticket categories and availability', async () => {
    const categories = await call(`${url}/ticket-categories`);
    const availability = await call(`${url}/availability`);
    expectThat(
      categories.status === 200 && availability.status === 200,
      'categories or availability did not answer 200',
    );
    const bands = new Map(listOf(availability.body).map((one) => [at(one, 'ticketCategoryId'), at(one, 'band')]));
    const priced = listOf(categories.body).find((one) => {
      const band = bands.get(at(one, 'id'));
      return Number(at(one, 'price', 'amount')) > 0 && band !== undefined && band !== 'none';
    });
    expectThat(priced !== undefined, 'no priced category is available');
    return { id: String(at(first.body, 'id')), categoryId: String(at(priced, 'id')) };
  });
}
