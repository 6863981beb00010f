import { type Context, Hono } from 'hono';
import { type LinkCard, type LinkCards, eventIn, linkCardVersion } from '../../catalog/index.ts';
import { matchesEtag } from '../../http/negotiation.ts';
import { DomainError } from '../../platform/errors.ts';
import { type Language, languages } from '../i18n/language.ts';
import { eventCard, homeCard, linkCardPath, organizerCard } from './parts/share-image.ts';
import { type PublicReads, eventDocument, eventOfOrganizer, slugPattern } from './public-documents.ts';

/** Bots of other sites read them, and their pages show them. */
const headers = {
  'cache-control': 'public, max-age=31536000, immutable',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
};

/**
 * The pictures in previews of links to pages without a photo.
 *
 * Strangers can have drawn only what is published: the address must name the version that a page shows now. Every other version is sent
 * on to this one, since a page that names an older version may still be in a cache or a message.
 */
export function linkCardRoutes({
  publicReads,
  linkCards,
}: {
  readonly publicReads: PublicReads;
  readonly linkCards: Pick<LinkCards, 'jpegOf'>;
}): Hono {
  const send = async (
    c: Context,
    pagePath: string,
    cardIn: (language: Language) => Promise<LinkCard | undefined>,
  ): Promise<Response> => {
    const file = c.req.param('file') ?? '';
    const language = languages.find((one) => file.startsWith(`${one}-`));
    if (language === undefined || !filePattern.test(file)) return c.notFound();
    const card = await cardIn(language).catch(onlyMissing);
    if (card === undefined) return c.notFound();
    const path = linkCardPath(pagePath, language, card);
    if (!path.endsWith(`/${file}`)) {
      c.header('cache-control', 'no-store');
      return c.redirect(path, 302);
    }
    const etag = `"${linkCardVersion(card)}"`;
    if (matchesEtag(c.req.header('if-none-match'), etag)) return c.body(null, 304, { ...headers, etag });
    const bytes = await linkCards.jpegOf(card);
    return c.body(new Uint8Array(bytes), 200, { ...headers, etag, 'content-type': 'image/jpeg' });
  };

  return new Hono()
    .get('/cards/:file', (c) => send(c, '', homeCard))
    .get('/cards/events/:slug/:file', (c) => {
      const slug = c.req.param('slug');
      return send(c, `/events/${slug}`, async (language) => {
        if (!slugPattern.test(slug)) return undefined;
        const event = await (await eventDocument(publicReads, slug)).read();
        return eventCard(eventIn(language, event), language);
      });
    })
    .get('/cards/o/:slug/:file', (c) => {
      const slug = c.req.param('slug');
      return send(c, `/o/${slug}`, async (language) => {
        if (!slugPattern.test(slug)) return undefined;
        const organizer = (await eventOfOrganizer(publicReads, slug))?.organizer;
        return organizer === undefined ? undefined : organizerCard(organizer, language);
      });
    });
}

const filePattern = /^[a-z]{2}-[0-9a-f]{16}\.jpg$/;

function onlyMissing(error: unknown): undefined {
  if (!(error instanceof DomainError) || error.code !== 'event.not_found') throw error;
}
