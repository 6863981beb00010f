import { html } from 'hono/html';
import { formatDate, formatDateTime, formatSpan } from '../../../../platform/text/format-time.ts';
import type { Language } from '../../../i18n/language.ts';
import { eventWords } from '../../../i18n/words/desk/events/events.ts';
import { frameWords } from '../../../i18n/words/desk/frame.ts';
import { kindText } from '../../../i18n/words/kinds.ts';
import type { Html } from '../../layout.ts';
import { mapLink } from '../../parts/event-facts.ts';
import type { AddPage, Desk, View } from '../desk.ts';
import { tasksNotice } from '../log/tasks.ts';
import { isLimited } from '../nav.ts';
import { facts, linkButton, panel } from '../parts/pieces.ts';
import { checklist } from './checklist.ts';
import type { EventOfDesk } from './editor/event-form.ts';
import { eventView, ownEvent } from './own-event.ts';
import { salesNotice } from './sales-notice.ts';
import { waitingListPart } from './waiting-list.ts';

/** The overview of an event. */
export function eventOverviewPage(addPage: AddPage): void {
  addPage('/desk/events/:eventId', showOverview);
}

async function showOverview(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = eventWords[language];
  const event = await ownEvent(desk);
  return {
    title: event.name,
    ...eventView(event),
    eventSection: 'overview',
    body: html`${event.status === 'draft' ? await checklist(desk, event) : await sellingPart(desk, event)}${panel(
      words.about,
      html`${facts([
        [words.when, whenText(event, language)],
        [words.doors, formatDateTime(event.doorsOpenAt, event.timeZone, language, 'medium')],
        [words.where, `${event.venue}, ${event.city}`],
        [words.address, html`${event.address} <a href="${mapLink(event)}" rel="noopener noreferrer">${words.map}</a>`],
        [words.category, kindText(event.category, language)],
        // A draft has no public page yet.
        [
          words.publicAddress,
          event.status === 'draft'
            ? `/events/${event.slug}`
            : html`<a href="/events/${event.slug}?lang=${language}">/events/${event.slug}</a>`,
        ],
      ])}<p class="page-actions">${linkButton(`/desk/events/${event.id}/details`, words.change, true)}${!isLimited(desk.member) ? html` ${linkButton(`/desk/events/${event.id}/duplicate`, words.duplicate, true)} ${linkButton(`/desk/log?subjectId=${event.id}`, words.log, true)}` : ''}</p>`,
    )}${event.status === 'draft' ? '' : await waitingListPart(desk, event)}`,
  };
}

/** Links to the pages that an organiser needs while tickets are sold. */
async function sellingPart(desk: Desk, event: EventOfDesk): Promise<Html> {
  const { language } = desk;
  const words = frameWords[language];
  const path = `/desk/events/${event.id}`;
  return html`${salesNotice(event, language)}${await tasksNotice(desk, event.id)}<p class="page-actions">${linkButton(`${path}/sale`, words.sale)} ${linkButton(`${path}/orders`, words.orders, true)} ${linkButton(`${path}/attendees`, words.attendees, true)}</p>`;
}

/** Adds the date if the event is on one day, since `formatSpan` then gives only the times. */
function whenText({ startsAt, endsAt, timeZone }: EventOfDesk, language: Language): string {
  const day = formatDate(startsAt, timeZone, language, 'medium');
  const span = formatSpan(startsAt, endsAt, timeZone, language);
  return day === formatDate(endsAt, timeZone, language, 'medium') ? `${day}, ${span}` : span;
}
