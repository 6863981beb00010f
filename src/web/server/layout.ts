import { colours, darkColours } from '../../platform/colours.ts';
import { html } from 'hono/html';
import type { Assets } from './files/assets.ts';
import { type ChosenLanguage, linkTo, otherThan } from '../i18n/language.ts';
import { siteWords } from '../i18n/words/site.ts';

export type Html = ReturnType<typeof html>;

/** The picture of a page in previews of its link: messengers, social networks, search engines. */
export type ShareImage = { readonly url: string; readonly alt: string };

/** The inputs of every page. */
export type PageContext = { readonly lang: ChosenLanguage; readonly assets: Assets };

export type PageParts = {
  readonly title: string;
  readonly description?: string;
  /** The script of this page, by its name in `client/`. */
  readonly script?: string;
  /** The address of the other language. Relative, so that the page is the same for every order. */
  readonly otherLanguageLink?: string;
  readonly className?: string;
  /** The path of the manifest, if it is not that of the public pages. */
  readonly manifest?: string;
  /** The one address of this page, absolute, for search engines. */
  readonly pageUrl?: string;
  readonly shareImage?: ShareImage;
  /** More for the head. */
  readonly head?: Html;
  /** The scanner uses the whole screen. */
  readonly isBare?: boolean;
  readonly body: Html;
};

/** A whole public page. */
export function layout(context: PageContext, parts: PageParts): Promise<string> {
  const { lang } = context;
  const words = siteWords[lang.language];
  const other = otherThan(lang.language);
  const description = parts.description ?? words.tagline;
  return documentOf(context, {
    ...parts,
    styles: 'styles.css',
    head: html`<meta name="description" content="${description}">
<meta property="og:title" content="${parts.title}">
<meta property="og:description" content="${description}">
<link rel="manifest" href="${linkTo(parts.manifest ?? '/manifest.webmanifest', { ...lang, isAsked: true })}">
${parts.pageUrl === undefined ? '' : addressOf(parts.pageUrl)}${parts.shareImage === undefined ? '' : previewOf(parts.shareImage)}${parts.head ?? ''}
`,
    body: html`${parts.isBare === true ? '' : siteHeader(lang, parts.otherLanguageLink ?? `?lang=${other}`)}
<main id="content" tabindex="-1">
${parts.script === undefined ? '' : html`<noscript><p class="notice notice-warn">${words.needsScript}</p></noscript>`}
${parts.body}
</main>
${parts.isBare === true ? '' : siteFooter(lang)}`,
  });
}

/** One address for all spellings of it, and the page in each language. */
function addressOf(pageUrl: string): Html {
  return html`<meta property="og:url" content="${pageUrl}"><meta property="og:site_name" content="antre">
<link rel="canonical" href="${pageUrl}">
<link rel="alternate" hreflang="id" href="${pageUrl}?lang=id"><link rel="alternate" hreflang="en" href="${pageUrl}?lang=en">
`;
}

/** All share images have the same size. */
function previewOf({ url, alt }: ShareImage): Html {
  return html`<meta property="og:image" content="${url}"><meta property="og:image:width" content="1200"><meta property="og:image:height" content="630">${alt === '' ? '' : html`<meta property="og:image:alt" content="${alt}">`}<meta name="twitter:card" content="summary_large_image">`;
}

type DocumentParts = {
  readonly title: string;
  readonly styles: 'styles.css' | 'desk.css';
  readonly head?: Html;
  readonly script?: string;
  readonly className?: string;
  /** The visible page, with the element `#content`. */
  readonly body: Html;
};

/** The document around the visible page. The template escapes every value. */
export async function documentOf({ lang, assets }: PageContext, parts: DocumentParts): Promise<string> {
  const page = await html`<!doctype html>
<html lang="${lang.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>${parts.title} · antre</title>
${parts.head ?? ''}<meta name="color-scheme" content="light dark">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="${colours.paper}">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="${darkColours.paper}">
<meta name="format-detection" content="telephone=no">
<link rel="icon" type="image/svg+xml" href="${assets.urlOf('icon.svg')}">
<link rel="apple-touch-icon" href="${assets.urlOf('icons/apple-touch-icon.png')}">
<link rel="stylesheet" href="${assets.urlOf(parts.styles)}">
${parts.script === undefined ? '' : scriptOf(parts.script, assets)}
</head>
<body class="${parts.className ?? ''}" data-did-you-mean="${siteWords[lang.language].didYouMean}" data-as-typed="${siteWords[lang.language].asTyped}">
<a class="skip" href="#content">${siteWords[lang.language].skip}</a>
${parts.body}
</body>
</html>
`;
  return String(page);
}

function scriptOf(source: string, assets: Assets): Html {
  const needs = assets.needsOf(source).map(
    (url) => html`<link rel="modulepreload" href="${url}">
`,
  );
  return html`${needs}<script type="module" src="${assets.urlOf(source)}"></script>`;
}

function siteHeader(lang: ChosenLanguage, otherLanguageLink: string): Html {
  const words = siteWords[lang.language];
  const other = otherThan(lang.language);
  return html`<header class="site-header"><div class="wrap">
<a class="wordmark" href="${linkTo('/', lang)}">${mark}<span>antre</span></a>
<nav aria-label="${words.events}"><a href="${linkTo('/find-order', lang)}">${words.findOrder}</a>
<a href="${otherLanguageLink}" lang="${other}" hreflang="${other}" rel="alternate">${words.otherLanguage}</a></nav>
</div></header>`;
}

function siteFooter(lang: ChosenLanguage): Html {
  const words = siteWords[lang.language];
  return html`<footer class="site-footer"><div class="wrap"><p>${words.footer}</p>
<p><a href="${linkTo('/door', lang)}">${words.staff}</a></p></div></footer>`;
}

/** The logo: three people waiting, and one whose turn it is. */
export const mark = html`<svg viewBox="0 0 44 16" width="44" height="16" aria-hidden="true" focusable="false"><circle cx="6" cy="8" r="3" fill="currentColor" opacity="0.3"/><circle cx="16" cy="8" r="3.6" fill="currentColor" opacity="0.55"/><circle cx="35" cy="8" r="7" fill="none" stroke="currentColor" stroke-width="2"/><circle cx="35" cy="8" r="3.6" fill="currentColor"/></svg>`;
