import { check } from 'k6';
import { Trend } from 'k6/metrics';
import { callApi, listOf } from '../lib/client.ts';
import { iteration, type Prepared } from '../lib/data.ts';

const eventPage = new Trend('step_event_page', true);
const unchanged = new Trend('step_event_page_304', true);
const categories = new Trend('step_ticket_categories', true);
const availability = new Trend('step_availability', true);

/** A visitor reads the event: the page, its tickets and prices, and the page once more from the browser's cache. */
export function browse({ slug }: Prepared, network = iteration()): void {
  const path = `/v1/events/${slug}`;
  const page = callApi({ route: '/v1/events/{slug}', path, trend: eventPage, network });
  const [etag = '', cacheControl = ''] = [page.headers['Etag'], page.headers['Cache-Control']];
  check(page, {
    'the event page is there': ({ status }) => status === 200,
    'the event page may be cached by everybody': () => /public/.test(cacheControl),
  });
  const listed = callApi({
    route: '/v1/events/{slug}/ticket-categories',
    path: `${path}/ticket-categories`,
    trend: categories,
    network,
  });
  check(listed, { 'ticket categories are there': (reply) => reply.status === 200 && listOf(reply).length > 0 });
  const bands = callApi({
    route: '/v1/events/{slug}/availability',
    path: `${path}/availability`,
    trend: availability,
    network,
  });
  check(bands, { 'availability is there': ({ status }) => status === 200 });
  const again = callApi({
    route: '/v1/events/{slug}',
    path,
    headers: { 'if-none-match': etag },
    trend: unchanged,
    network,
  });
  check(again, { 'the page has not changed: 304': ({ status }) => status === 304 });
}
