import { html } from 'hono/html';
import { type ChosenLanguage, linkTo, otherThan } from '../../i18n/language.ts';
import { organizerWords } from '../../i18n/words/organizer.ts';
import { type Html, type PageContext, layout } from '../layout.ts';
import type { Organizer } from '../public-documents.ts';
import { hrefIn } from '../parts/event-facts.ts';
import { paragraphs } from '../parts/paragraphs.ts';

/** The texts of an organiser that buyers may read before they order. */
const legalTexts = ['privacy', 'terms'] as const;
export type LegalText = (typeof legalTexts)[number];

/** Whether the organiser has written this text, in one language at least. */
export const hasLegalText = (organizer: Organizer, text: LegalText): boolean =>
  organizer[text].id !== '' || organizer[text].en !== '';

/** A privacy notice or terms, in the reader's language, or in the other one if only that was written. */
export function legalPage(
  context: PageContext,
  { slug, organizer, text }: { readonly slug: string; readonly organizer: Organizer; readonly text: LegalText },
): Promise<string> {
  const { lang } = context;
  const words = organizerWords[lang.language];
  const own = organizer[text][lang.language];
  const other = otherThan(lang.language);
  return layout(context, {
    title: `${words[text]} · ${organizer.name}`,
    className: 'page-legal',
    body: html`<div class="wrap narrow"><header><p class="overline">${organizer.name}</p><h1>${words[text]}</h1></header>
<div class="legal"${own === '' ? html` lang="${other}"` : ''}>${paragraphs(own === '' ? organizer[text][other] : own)}</div>
${contactLine(organizer, lang)}
<p><a class="button button-quiet" href="${linkTo(`/events/${slug}`, lang)}">${words.backToEvent}</a></p></div>`,
  });
}

/** The organiser's contact; nothing if there is none. */
export function contactLine({ name, contact: { email, phone } }: Organizer, { language }: ChosenLanguage): Html {
  if (email === null && phone === null) return html``;
  const words = organizerWords[language];
  const ways = [
    ...(email === null ? [] : [html`<a href="mailto:${email}">${email}</a>`]),
    ...(phone === null ? [] : [html`<a href="tel:${phone.replace(/[^\d+]/g, '')}">${phone}</a>`]),
  ];
  return html`<p class="muted small contact">${words.questions(name)} ${ways.map((way) => html`${way} `)}</p>`;
}

/** Links to the texts that the organiser has written. */
export function legalLinks(
  organizer: Organizer,
  { slug, isPublic = true }: { readonly slug: string; readonly isPublic?: boolean },
  lang: ChosenLanguage,
): Html {
  const words = organizerWords[lang.language];
  const links = legalTexts
    .filter((text) => hasLegalText(organizer, text))
    .map((text) => html`<a ${hrefIn({ isPublic }, linkTo(`/events/${slug}/${text}`, lang))}>${words[text]}</a>`);
  if (links.length === 0) return html``;
  return html`<p class="muted small legal-links">${words.readFirst(organizer.name)} ${links.map((link) => html`${link} `)}</p>`;
}
