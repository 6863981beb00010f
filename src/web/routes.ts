import { type Context, Hono } from 'hono';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/errors.ts';
import { idPatterns } from '../platform/ids.ts';
import { type Assets, createAssets } from './server/files/assets.ts';
import { fileRoutes } from './server/files/file-routes.ts';
import type { SharedFiles } from './server/files/shared-files.ts';

import { chooseLanguage, linkTo } from './i18n/language.ts';
import type { PageContext } from './server/layout.ts';
import { type PageTraits, liveLifetime, pageHeaders, shellLifetime } from './server/page-headers.ts';
import { invitationPage, passwordResetPage, reportPage } from './server/pages/desk-pages.ts';
import { doorPage } from './server/pages/door-page.ts';
import { eventPage } from './server/pages/event-page.ts';
import { findOrderPage } from './server/pages/find-order-page.ts';
import { homePage, organizerPage } from './server/pages/home-page.ts';
import { type LegalText, hasLegalText, legalPage } from './server/pages/legal-page.ts';
import { messagePage } from './server/pages/message-page.ts';
import { orderPage } from './server/pages/order-page.ts';
import { waitingListPage } from './server/pages/waiting-list-page.ts';
import { joinWaitingListPage } from './server/pages/join-waiting-list-page.ts';
import { ticketPage } from './server/pages/ticket-page.ts';
import { queuePage } from './server/pages/queue-page.ts';
import {
  type PublicReads,
  eventDocument,
  eventDocuments,
  eventOfOrganizer,
  listingDocument,
  organizerDocument,
  queueTimes,
  slugPattern,
} from './server/public-documents.ts';
import { createRenderedPages } from './server/rendered-pages.ts';
import { createSitemap, robotsText } from './server/for-robots.ts';
import { daysOf, pricesOf, readSearch } from './server/search.ts';
import { failureHeaders, isForPeople, langKey, orMessage, robotHeaders, send } from './server/send-page.ts';

/**
 * The pages that people and mailed links land on.
 *
 * Promises
 * 1. A page is the same for everybody: it reads no credential and contains nothing private, so any cache may keep it.
 * 2. Secrets of links stay in fragments: no server, log, cache or referrer sees them.
 * 3. Nothing from outside becomes markup: templates escape, scripts only write text, and the policy forbids the rest.
 * 4. What a page shows of an event comes from the bytes of the public API.
 * 5. Nobody orders twice by accident: an order keeps its key until its answer is known (client/event/place-order.ts).
 */
export function webRoutes(deps: {
  readonly publicReads: PublicReads;
  readonly assetsOnce?: () => Promise<Assets>;
  readonly sharedFiles?: Pick<SharedFiles, 'find'>;
  readonly publicUrl: string;
  readonly clock: Clock;
}): Hono {
  const assetsOnce = deps.assetsOnce ?? createAssets();
  const rendered = createRenderedPages();
  const { publicUrl } = deps;
  const sitemapOnce = createSitemap(deps);
  const contextOf = async (c: Context): Promise<PageContext> => ({
    lang: chooseLanguage(c.req.query('lang'), c.req.header('accept-language')),
    assets: await assetsOnce(),
  });

  const shell = (render: (context: PageContext) => Promise<string>, traits: Partial<PageTraits> = {}) => {
    return async (c: Context) => {
      const context = await contextOf(c);
      const page = await rendered.get(`${render.name} ${langKey(context)}`, () => render(context));
      return send(c, page, pageHeaders({ ...shellTraits, ...traits }));
    };
  };
  const missing = async (c: Context) => c.html(await messagePage(await contextOf(c), 'missing'), 404, failureHeaders);
  const showOrder = shell(orderPage, { isApp: true });
  const showTicket = shell(ticketPage, { isApp: true });
  const showWaiting = shell(waitingListPage);

  const showLegal = (c: Context, slug: string, text: LegalText) =>
    orMessage(c, contextOf, async (context) => {
      if (!slugPattern.test(slug)) return missing(c);
      const organizer = await organizerDocument(deps.publicReads, slug);
      const read = await organizer.read();
      if (!hasLegalText(read, text)) return missing(c);
      const key = `${text} ${slug} ${langKey(context)} ${organizer.version}`;
      const page = await rendered.get(key, () => legalPage(context, { slug, organizer: read, text }));
      const surrogateKeys = `${organizer.surrogateKeys} page`;
      return send(c, page, pageHeaders({ ...liveTraits, isIndexed: false, surrogateKeys }));
    });

  return new Hono()
    .get('/', (c) =>
      orMessage(c, contextOf, async (context) => {
        const search = readSearch(c.req.query());
        const { when, priceMax: _, ...filters } = search;
        const query = { ...filters, ...pricesOf(search), ...daysOf(when, deps.clock.now()), limit: eventsPerPage };
        const listing = await listingDocument(deps.publicReads, query);
        const key = `home ${langKey(context)} ${listing.version} ${JSON.stringify(search)}`;
        const page = await rendered.get(key, async () => homePage(context, await listing.read(), search, publicUrl));
        return send(
          c,
          page,
          pageHeaders({ ...liveTraits, forms: 'search', surrogateKeys: `${listing.surrogateKeys} page` }),
        );
      }),
    )
    .get('/events/:slug', (c) =>
      orMessage(c, contextOf, async (context) => {
        const slug = c.req.param('slug');
        if (!slugPattern.test(slug)) return missing(c);
        const [{ event, schedule, categories, availability, organizer }, room] = await Promise.all([
          eventDocuments(deps.publicReads, slug),
          queueTimes(deps.publicReads, slug).catch(onlyUnavailable),
        ]);
        const versions = [event, schedule, categories, availability, organizer].map(({ version }) => version);
        if (room !== undefined) versions.push(JSON.stringify(room));
        const page = await rendered.get(`event ${slug} ${langKey(context)} ${versions.join(' ')}`, async () => {
          const [{ data: items }, { data: kinds }] = await Promise.all([schedule.read(), categories.read()]);
          const [shown, seller] = await Promise.all([event.read(), organizer.read()]);
          const sold = { schedule: items, categories: kinds, availability: (await availability.read()).data };
          return eventPage(context, { event: shown, organizer: seller, ...sold, room, isPublic: true }, publicUrl);
        });
        return send(c, page, pageHeaders({ ...liveTraits, surrogateKeys: `${event.surrogateKeys} page` }));
      }),
    )
    .get('/events/:slug/privacy', (c) => showLegal(c, c.req.param('slug'), 'privacy'))
    .get('/events/:slug/terms', (c) => showLegal(c, c.req.param('slug'), 'terms'))
    .get('/o/:slug', (c) =>
      orMessage(c, contextOf, async (context) => {
        const slug = c.req.param('slug');
        if (!slugPattern.test(slug)) return missing(c);
        const { cursor } = readSearch(c.req.query());
        const query = { organizer: slug, limit: eventsPerPage, ...(cursor === undefined ? {} : { cursor }) };
        const listing = await listingDocument(deps.publicReads, query);
        const read = await listing.read();
        const first = read.data[0] ?? (await eventOfOrganizer(deps.publicReads, slug));
        // An organiser without events looks like one that does not exist.
        if (first === undefined) return missing(c);
        const organizer = await organizerDocument(deps.publicReads, first.slug);
        const key = `organizer ${slug} ${langKey(context)} ${listing.version} ${organizer.version} ${cursor ?? ''}`;
        const page = await rendered.get(key, async () =>
          organizerPage(context, read, { organizer: await organizer.read(), eventSlug: first.slug, publicUrl }),
        );
        return send(c, page, pageHeaders({ ...liveTraits, surrogateKeys: `${listing.surrogateKeys} page` }));
      }),
    )
    .get('/robots.txt', (c) => c.text(robotsText(publicUrl), 200, robotHeaders))
    .get('/sitemap.xml', (c) =>
      orMessage(c, contextOf, async () =>
        send(c, await sitemapOnce(), { ...robotHeaders, 'content-type': 'application/xml' }),
      ),
    )
    .get('/events/:slug/queue', (c) =>
      orMessage(c, contextOf, async (context) => {
        const slug = c.req.param('slug');
        if (!slugPattern.test(slug)) return missing(c);
        const [event, room] = await Promise.all([
          eventDocument(deps.publicReads, slug),
          queueTimes(deps.publicReads, slug),
        ]);
        // Without a waiting room, buyers order on the event's page.
        if (room === undefined) return toEvent(c, slug);
        const key = `queue ${slug} ${langKey(context)} ${event.version} ${JSON.stringify(room)}`;
        const page = await rendered.get(key, async () => queuePage(context, await event.read(), room, publicUrl));
        return send(
          c,
          page,
          pageHeaders({ ...liveTraits, isIndexed: false, surrogateKeys: `${event.surrogateKeys} page` }),
        );
      }),
    )
    .get('/events/:slug/waiting-list', (c) =>
      orMessage(c, contextOf, async (context) => {
        const slug = c.req.param('slug');
        if (!slugPattern.test(slug)) return missing(c);
        const { event, categories, availability } = await eventDocuments(deps.publicReads, slug);
        const shown = await event.read();
        if (!shown.hasWaitingList) return toEvent(c, slug);
        const key = `join ${slug} ${langKey(context)} ${event.version} ${categories.version} ${availability.version}`;
        const page = await rendered.get(key, async () => {
          const [{ data: kinds }, { data: bands }] = await Promise.all([categories.read(), availability.read()]);
          return joinWaitingListPage(context, { event: shown, categories: kinds, availability: bands }, publicUrl);
        });
        const surrogateKeys = `${event.surrogateKeys} page`;
        return send(c, page, pageHeaders({ ...liveTraits, isIndexed: false, surrogateKeys }));
      }),
    )
    .get('/waiting-list/:id', (c) => (idPatterns.waiting.test(c.req.param('id')) ? showWaiting(c) : missing(c)))
    .get('/tickets/:id', (c) => (idPatterns.ticket.test(c.req.param('id')) ? showTicket(c) : missing(c)))
    .get('/orders/:id', (c) => (idPatterns.order.test(c.req.param('id')) ? showOrder(c) : missing(c)))
    .get('/find-order', shell(findOrderPage))
    .get('/desk/invitation', shell(invitationPage))
    .get('/desk/password-reset', shell(passwordResetPage))
    .get('/desk/report', shell(reportPage))
    .get('/door', shell(doorPage, { camera: true, isApp: true }))
    .route('/', fileRoutes({ assetsOnce, sharedFiles: deps.sharedFiles, contextOf }))
    .get('*', async (c, next) => (isForPeople(c) ? missing(c) : next()));
}

/** If the waiting room cannot be read, the event is shown anyway. Placing the order then reports it. */
function onlyUnavailable(error: unknown): undefined {
  if (!(error instanceof DomainError) || error.code !== 'service.unavailable') throw error;
}

function toEvent(c: Context, slug: string): Response {
  c.header('cache-control', 'no-store');
  const lang = chooseLanguage(c.req.query('lang'), undefined);
  return c.redirect(linkTo(`/events/${slug}`, lang), 302);
}

const eventsPerPage = 24;

const shellTraits: PageTraits = {
  lifetime: shellLifetime,
  forms: 'none',
  camera: false,
  isApp: false,
  isIndexed: false,
  surrogateKeys: 'page',
};
const liveTraits: PageTraits = { ...shellTraits, lifetime: liveLifetime, isIndexed: true };
