import { html } from 'hono/html';
import { messageTestWords } from '../../../i18n/words/desk/messages/message-tests.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import type { Act, AddPage, Desk, View } from '../desk.ts';
import { deskForm, rowForm } from '../parts/form.ts';
import { type Mood, linkButton, notice } from '../parts/pieces.ts';

type Test = Data<'/v1/organizers/:slug/message-tests/:testId'>;
type Words = (typeof messageTestWords)['en'];
type Hint = keyof Words['hints'];

/** The result of a test message. It has a page of its own, because the delivery report arrives seconds later. */
export function messageTestPage(addPage: AddPage): void {
  addPage('/desk/connections/tests/:testId', showTest);
}

export const testSender: Act = (desk, values) => {
  return send(desk, { channel: 'whatsapp', senderId: values.text('senderId') });
};

export const testMail: Act = (desk) => send(desk, { channel: 'email' });

type Wanted = { readonly channel: 'email' } | { readonly channel: 'whatsapp'; readonly senderId: string };

async function send(desk: Desk, json: Wanted): Promise<string> {
  const { id } = await desk.api.post('/v1/organizers/:slug/message-tests', { param: { slug: desk.slug }, json });
  return `/desk/connections/tests/${id}`;
}

/** The button that sends a test message from a sender. */
export function testButton(desk: Desk, sender: { readonly id: string; readonly externalId: string }): Html {
  const submit = messageTestWords[desk.language].testOf(sender.externalId);
  return rowForm(desk, { act: 'testSender', idField: 'senderId', id: sender.id, submit });
}

export function mailTestPart(desk: Desk): Html {
  const words = messageTestWords[desk.language];
  return html`<p>${words.mailLead}</p>${deskForm(desk, { form: desk.form('testMail'), submit: words.testMail, isSmall: true })}`;
}

async function showTest(desk: Desk): Promise<View> {
  const words = messageTestWords[desk.language];
  const test = await desk.api.get('/v1/organizers/:slug/message-tests/:testId', {
    param: { slug: desk.slug, testId: desk.param('testId') },
  });
  const { mood, text, hint } = verdictOf(test, words);
  const reason = test.failure === null ? '' : ` (${test.failure})`;
  return {
    title: words.title,
    section: 'connections',
    body: html`${notice(`${text}${mood === 'bad' ? reason : ''}`, mood)}
${hint === undefined ? '' : html`<p class="lead">${words.hints[hint]}</p>`}
<p class="page-actions">${mood === 'good' || mood === 'bad' ? '' : linkButton(desk.path, words.again)}${hint === 'recipient' ? linkButton('/desk/profile', words.toProfile) : ''} ${linkButton('/desk/connections', words.back, true)}</p>`,
  };
}

function verdictOf(
  { status, channel, failure }: Test,
  { states }: Words,
): { readonly mood: Mood; readonly text: string; readonly hint?: Hint } {
  switch (status) {
    case 'queued':
    case 'sending':
      return { mood: 'plain', text: states.queued };
    case 'accepted':
    case 'sent':
      return { mood: 'plain', text: states.taken[channel] };
    case 'delivered':
    case 'read':
      return { mood: 'good', text: states.arrived };
    case 'unknown':
      return { mood: 'warn', text: states.unknown };
    case 'suppressed':
      return { mood: 'bad', text: states.suppressed };
    default:
      return { mood: 'bad', text: states.refused, hint: hintOf(failure ?? '') };
  }
}

/** Each provider has its own codes. A code that no pattern matches is shown without a hint. */
const hints: readonly (readonly [RegExp, Hint])[] = [
  [/template/, 'template'],
  [/_(?:401|403|token|0|3|10|190|131005|2\d\d)$/, 'keys'],
  [/device|session|qr/, 'device'],
  [/quota|capped|limit|429|80007|130429/, 'quota'],
  [/target|131026|no_whatsapp|number/, 'recipient'],
  [/circuit|unreach|timeout|connect|not_sent|smtp|_5\d\d$/i, 'away'],
  [/no_sender/, 'unusable'],
];

export function hintOf(failure: string): Hint {
  return hints.find(([pattern]) => pattern.test(failure))?.[1] ?? 'other';
}
