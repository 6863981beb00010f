import { html } from 'hono/html';
import { formatCount, formatMoney } from '../../../../../platform/text/format-money.ts';
import { movingWords } from '../../../../i18n/words/desk/events/moving.ts';
import { publicationWords } from '../../../../i18n/words/desk/events/publication.ts';
import type { Html } from '../../../layout.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../../desk.ts';
import { isLimited } from '../../nav.ts';
import { confirmStep, deskForm } from '../../parts/form.ts';
import { facts, linkButton, notice, panel } from '../../parts/pieces.ts';
import type { EventOfDesk } from '../editor/event-form.ts';
import { type Missing, missingOf } from '../checklist.ts';
import { tellingPart } from '../moving.ts';
import { eventParam, eventPath, eventView, ownEvent } from '../own-event.ts';

/** Publishes, unpublishes, or calls off an event. */
export function publicationPages(addPage: AddPage): void {
  addPage('/desk/events/:eventId/publication', showPublication, { publish, unpublish, openSales, closeSales });
  addPage('/desk/events/:eventId/call-off', showCallOff, { callOff });
}

async function showPublication(desk: Desk): Promise<View> {
  const event = await ownEvent(desk);
  const words = publicationWords[desk.language];
  const noticesLink = html`<p class="page-actions">${linkButton(eventPath(desk, '/notices'), movingWords[desk.language].noticesTitle, true)}</p>`;
  const view = { title: words.title, ...eventView(event), eventSection: 'publication' as const };
  if (event.status === 'cancelled')
    return { ...view, body: html`${notice(words.isCancelled, 'bad')}${await refundsPart(desk)}${noticesLink}` };
  if (event.status === 'draft') return { ...view, body: publishPart(desk, await missingOf(desk)) };
  return { ...view, body: html`${publishedPart(desk, event)}` };
}

/** How far the refunds of a cancelled event have come. */
async function refundsPart(desk: Desk): Promise<Html> {
  const { language } = desk;
  const words = publicationWords[language];
  const { ordersLeft, refunds } = await desk.api.get('/v1/organizers/:slug/events/:eventId/refunds/summary', {
    param: eventParam(desk),
  });
  const states = refunds.map(({ status, count, amount }): [string, string] => [
    words.refundStates[status],
    `${formatCount(count, language)} (${formatMoney(amount, language)})`,
  ]);
  const tasks = linkButton(`/desk/tasks?eventId=${desk.param('eventId')}`, words.refundTasks, true);
  return panel(
    words.refundsTitle,
    html`${facts([[words.ordersLeft, formatCount(ordersLeft, language)], ...states])}${isLimited(desk.member) ? '' : html`<p class="page-actions">${tasks}</p>`}`,
  );
}

function publishPart(desk: Desk, missing: readonly Missing[]): Html {
  const words = publicationWords[desk.language];
  const form = desk.form('publish');
  return html`<p class="lead">${words.lead}</p><p class="page-actions">${linkButton(eventPath(desk, '/preview'), words.preview, true)}</p>${missingPart(missing, desk)}${missing.length > 0 ? '' : deskForm(desk, { form, submit: words.publish })}`;
}

/** Why the event cannot be published yet. A reason that has no translation shows the API's message. */
function missingPart(missing: readonly Missing[], desk: Desk): Html {
  const words = publicationWords[desk.language];
  if (missing.length === 0) return html``;
  const items = missing.map(({ code, message }) => html`<li>${words.missing[code] ?? message}</li>`);
  return notice(html`${words.notYet}<ul class="reasons">${items}</ul>`, 'warn');
}

function publishedPart(desk: Desk, event: EventOfDesk): Html {
  const words = publicationWords[desk.language];
  const moving = movingWords[desk.language];
  return html`${notice(words.isPublished, 'good')}
<p class="page-actions">${linkButton(`/events/${event.slug}?lang=${desk.language}`, words.see, true)}</p>
${salesPart(desk, event)}
${panel(words.takeBackTitle, html`<p>${words.takeBackText}</p>${deskForm(desk, { form: desk.form('unpublish'), submit: words.takeBack, isSmall: true })}`)}
${panel(moving.moveTitle, html`<p>${moving.moveText}</p>${linkButton(eventPath(desk, '/move'), event.isPostponed ? moving.giveDate : moving.moveTitle, true)}`)}
${panel(moving.postponeTitle, html`<p>${event.isPostponed ? moving.isPostponed : moving.postponeText}</p>${linkButton(eventPath(desk, '/postpone'), event.isPostponed ? moving.resume : moving.postponeTitle, true)}`)}
${panel(moving.noticesTitle, html`<p>${moving.noticesLead}</p>${linkButton(eventPath(desk, '/notices'), moving.noticesTitle, true)}`)}
${panel(words.callOffTitle, html`<p>${words.callOffText}</p>${linkButton(eventPath(desk, '/call-off'), words.callOffTitle, true)}`)}`;
}

function salesPart(desk: Desk, { sales }: EventOfDesk): Html {
  const words = publicationWords[desk.language];
  const isOpen = sales === 'open';
  const form = desk.form(isOpen ? 'closeSales' : 'openSales');
  const submit = isOpen ? words.closeSales : words.openSales;
  return panel(
    words.salesTitle,
    html`<p>${isOpen ? words.salesOpenText : words.salesClosedText}</p>${deskForm(desk, { form, submit, isSmall: true })}`,
    'all-sales',
  );
}

async function showCallOff(desk: Desk): Promise<View> {
  const { language } = desk;
  const event = await ownEvent(desk);
  const words = publicationWords[language];
  const { ordersLeft, amountLeft } = await desk.api.get('/v1/organizers/:slug/events/:eventId/refunds/summary', {
    param: eventParam(desk),
  });
  const money = facts([
    [words.refundedOrders, formatCount(ordersLeft, language)],
    [words.refundedAmount, formatMoney(amountLeft, language)],
  ]);
  return {
    title: words.callOffTitle,
    ...eventView(event),
    eventSection: 'publication',
    body: confirmStep(desk, {
      act: 'callOff',
      text: html`<p>${words.callOffConsequence}</p>${ordersLeft === 0 ? '' : money}${await tellingPart(desk, { kind: 'cancelled' })}`,
      button: words.callOff,
      backPath: eventPath(desk, '/publication'),
    }),
  };
}

const publish: Act = async (desk) => {
  await desk.api.post('/v1/organizers/:slug/events/:eventId/publication', { param: eventParam(desk) });
  return done(eventPath(desk, '/publication'), 'published');
};

const unpublish: Act = async (desk) => {
  await desk.api.delete('/v1/organizers/:slug/events/:eventId/publication', { param: eventParam(desk) });
  return done(eventPath(desk, '/publication'), 'unpublished');
};

const setSales =
  (sales: 'open' | 'closed'): Act =>
  async (desk) => {
    await desk.api.put('/v1/organizers/:slug/events/:eventId/sales', { param: eventParam(desk), json: { sales } });
    return done(eventPath(desk, '/publication'), 'saved');
  };
const openSales = setSales('open');
const closeSales = setSales('closed');

const callOff: Act = async (desk) => {
  await desk.api.post('/v1/organizers/:slug/events/:eventId/cancellation', { param: eventParam(desk) });
  return done(eventPath(desk, '/notices'), 'calledOff');
};
