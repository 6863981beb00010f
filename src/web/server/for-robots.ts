import type { ListingQuery } from '../../catalog/schemas.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Compressed, compress } from './files/variants.ts';
import { type PublicReads, listingDocument } from './public-documents.ts';

const eventsPerRead = 200;
/** A sitemap may have 50,000 addresses; these are read from memory or by one query each. */
const readsMax = 25;
/** Search engines ask once a day. To make it takes a hundred times as long as a page. */
const sitemapKeptMs = 60_000;

/**
 * Search engines should not index orders, the desk and the API. Pages with an order answer `noindex` themselves, too.
 */
export function robotsText(publicUrl: string): string {
  return `User-agent: *\nDisallow: /v1/\nDisallow: /orders/\nDisallow: /desk\nDisallow: /door\nSitemap: ${publicUrl}/sitemap.xml\n`;
}

/**
 * The sitemap, which a process makes at most once a minute, however many ask for it.
 * @throws DomainError service.unavailable
 */
export function createSitemap(deps: {
  readonly publicReads: PublicReads;
  readonly publicUrl: string;
  readonly clock: Clock;
}): () => Promise<Compressed> {
  let kept: { readonly file: Promise<Compressed>; readonly until: number } | undefined;
  return () => {
    const now = deps.clock.now().getTime();
    if (kept !== undefined && now < kept.until) return kept.file;
    const file = sitemap(deps.publicReads, deps.publicUrl).then((text) => compress(Buffer.from(text), 'fast'));
    const made = { file, until: now + sitemapKeptMs };
    kept = made;
    file.catch(() => {
      if (kept === made) kept = undefined;
    });
    return file;
  };
}

/** The pages of all published events, in both languages. */
async function sitemap(reads: PublicReads, publicUrl: string): Promise<string> {
  const slugs: string[] = [];
  const organizers = new Set<string>();
  let cursor: string | null | undefined;
  for (let count = 0; count < readsMax && cursor !== null; count += 1) {
    const query: ListingQuery = { limit: eventsPerRead, ...(cursor === undefined ? {} : { cursor }) };
    const listing = await (await listingDocument(reads, query)).read();
    for (const { slug, organizer } of listing.data) {
      slugs.push(slug);
      organizers.add(organizer.slug);
    }
    cursor = listing.nextCursor;
  }
  const paths = ['/', ...slugs.map((slug) => `/events/${slug}`), ...[...organizers].map((slug) => `/o/${slug}`)];
  const entry = (path: string) => {
    const at = (lang: string) => `${publicUrl}${path}?lang=${lang}`;
    const others = ['id', 'en'].map((lang) => `<xhtml:link rel="alternate" hreflang="${lang}" href="${at(lang)}"/>`);
    return `<url><loc>${publicUrl}${path}</loc>${others.join('')}</url>`;
  };
  return `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
${paths.map(entry).join('\n')}
</urlset>
`;
}
