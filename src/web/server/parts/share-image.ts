import { type LinkCard, linkCardVersion } from '../../../catalog/index.ts';
import { formatClockIn, formatDate } from '../../../platform/text/format-time.ts';
import { noDate } from '../../../platform/text/no-date.ts';
import type { Language } from '../../i18n/language.ts';
import { homeWords } from '../../i18n/words/home.ts';
import { siteWords } from '../../i18n/words/site.ts';
import { type ShareImage, mark } from '../layout.ts';
import type { ListedEvent } from '../public-documents.ts';
import { hasNoDate } from './event-facts.ts';
import { poster } from './poster.ts';

type SharedEvent = Pick<
  ListedEvent,
  'slug' | 'picture' | 'name' | 'startsAt' | 'timeZone' | 'venue' | 'city' | 'status' | 'isPostponed'
>;

/** The address of a card. It names everything on the card, so its bytes never change. */
export function linkCardPath(pagePath: string, language: Language, card: LinkCard): string {
  return `/cards${pagePath}/${language}-${linkCardVersion(card)}.jpg`;
}

/**
 * The photo of an event, or its card.
 * @param event with its texts in this language
 */
export async function eventShareImage(event: SharedEvent, language: Language, publicUrl: string): Promise<ShareImage> {
  const { picture, slug } = event;
  if (picture !== null) return { url: `${publicUrl}${picture.path}/share.jpg`, alt: picture.alt };
  return cardImage(`/events/${slug}`, await eventCard(event, language), language, publicUrl);
}

/** The picture of a page that has only a card. */
export function cardImage(pagePath: string, card: LinkCard, language: Language, publicUrl: string): ShareImage {
  return {
    url: `${publicUrl}${linkCardPath(pagePath, language, card)}`,
    alt: [card.title, ...card.lines].join(', '),
  };
}

/** Name, time and place of an event, whose texts are in this language. */
export async function eventCard(event: SharedEvent, language: Language): Promise<LinkCard> {
  const { startsAt, timeZone } = event;
  const time = `${formatDate(startsAt, timeZone, language, 'full')}, ${formatClockIn(startsAt, timeZone, language)}`;
  const when = hasNoDate(event) ? noDate[language] : time;
  const line = event.status === 'cancelled' ? `${homeWords[language].cancelled}: ${when}` : when;
  return cardOf(event.slug, event.name, [line, `${event.venue}, ${event.city}`]);
}

/** The card of an organiser's page. */
export function organizerCard(organizer: ListedEvent['organizer'], language: Language): Promise<LinkCard> {
  return cardOf(organizer.slug, organizer.name, [homeWords[language].organizer]);
}

/** The card of the home page. */
export function homeCard(language: Language): Promise<LinkCard> {
  return cardOf('antre', homeWords[language].heading, [siteWords[language].tagline]);
}

/** The poster that the page shows for the same slug, with the logo. */
async function cardOf(slug: string, title: string, lines: readonly string[]): Promise<LinkCard> {
  const [background, logo] = await Promise.all([poster(slug, 'poster'), mark]);
  return { background: String(background), logo: String(logo), title, lines };
}
