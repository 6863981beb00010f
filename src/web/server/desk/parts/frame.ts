import { html } from 'hono/html';
import { otherThan } from '../../../i18n/language.ts';
import { doneNotice } from '../../../i18n/words/desk/done.ts';
import { frameWords } from '../../../i18n/words/desk/frame.ts';
import { type Html, type PageContext, documentOf, mark } from '../../layout.ts';
import { againAfter } from '../../pages/message-page.ts';
import type { Desk, View } from '../desk.ts';
import { eventLinks, sectionLinks } from '../nav.ts';
import { eventChip } from './pieces.ts';

type Framed = {
  readonly view: View;
  /** Undefined if nobody is signed in. */
  readonly desk: Desk | undefined;
  readonly doneName?: string | undefined;
};

/** A page of the desk: header, navigation, the event's navigation, the notice of success, and the view. */
export function deskFrame(context: PageContext, { view, desk, doneName }: Framed): Promise<string> {
  const { language } = context.lang;
  const notice = doneNotice(doneName, language);
  return documentOf(context, {
    title: view.event === undefined ? view.title : `${view.title} · ${view.event.name}`,
    styles: 'desk.css',
    script: view.script ?? 'desk.ts',
    className: 'desk',
    ...(view.againSeconds === undefined ? {} : { head: againAfter(context, view.againSeconds) }),
    body: html`${header(context, desk, view)}
<main id="content" tabindex="-1"><div class="wrap desk-main">
${view.event === undefined ? '' : eventHead(view.event, view, context)}
${notice === undefined ? '' : html`<p class="notice notice-good" role="status" tabindex="-1" autofocus data-focus>${notice}</p>`}
<h1${view.isAnswer === true ? html` tabindex="-1" autofocus data-focus` : ''}>${view.title}</h1>
${view.body}
</div></main>`,
  });
}

function header({ lang: { language } }: PageContext, desk: Desk | undefined, view: View): Html {
  const words = frameWords[language];
  const other = otherThan(language);
  return html`<header class="site-header desk-header"><div class="wrap">
<a class="wordmark" href="/desk">${mark}<span>${desk?.member.organizer.name ?? 'antre'}</span></a>
<div class="desk-account"><a href="?lang=${other}" lang="${other}" hreflang="${other}">${words.otherLanguage}</a>
${desk === undefined ? '' : html`<form method="post" action="/desk/sign-out"><input type="hidden" name="formToken" value="${desk.formToken}"><button class="link-button">${words.signOut}</button></form>`}</div>
</div>${desk === undefined ? '' : navigation(words.navigation, sectionLinks(language, desk.member), view.section)}</header>`;
}

function eventHead(event: NonNullable<View['event']>, view: View, { lang: { language } }: PageContext): Html {
  const words = frameWords[language];
  return html`<div class="event-head"><p class="event-name"><a href="/desk/events/${event.id}">${event.name}</a> ${eventChip(event.status, language)}</p>
${navigation(words.eventNavigation, eventLinks(event, language), view.eventSection)}</div>`;
}

type Link = { readonly name: string; readonly path: string; readonly label: string };

function navigation(label: string, links: readonly Link[], current: string | undefined): Html {
  if (links.length === 0) return html``;
  const items = links.map(
    ({ name, path, label: text }) =>
      html`<li><a href="${path}"${name === current ? html` aria-current="page"` : ''}>${text}</a></li>`,
  );
  return html`<nav class="desk-nav" aria-label="${label}"><ul class="wrap">${items}</ul></nav>`;
}
