import { html } from 'hono/html';
import { askWords } from '../../../i18n/words/desk/asks.ts';
import { AntreProblem } from '../../../../client/problem.ts';
import { formatCount } from '../../../../platform/text/format-money.ts';
import { formatDate } from '../../../../platform/text/format-time.ts';
import { homeTimeZone } from '../../../../platform/text/home.ts';
import { connectionWords } from '../../../i18n/words/desk/connections.ts';
import { messageTextWords } from '../../../i18n/words/desk/messages/message-texts.ts';
import { messageTestWords } from '../../../i18n/words/desk/messages/message-tests.ts';
import { statusWords } from '../../../i18n/words/desk/statuses.ts';
import type { Html } from '../../layout.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { textField } from '../parts/fields.ts';
import { deskForm, rowForm } from '../parts/form.ts';
import { chip, facts, linkButton, notice, panel } from '../parts/pieces.ts';
import { table } from '../parts/table.ts';
import { mailTestPart, testButton, testMail, testSender } from './message-tests.ts';
import { type SenderKind, senderFields, senderKinds, senderNames } from './sender-fields.ts';

/** Connections: the payment account, senders of messages, and webhooks. */
export function connectionPages(addPage: AddPage): void {
  addPage('/desk/connections', showConnections, { account: setAccount, testAccount, disconnect, testSender, testMail });
  addPage('/desk/connections/senders/:kind', showNewSender, { connect });
}

async function showConnections(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = connectionWords[language];
  const isOwner = desk.member.role === 'owner';
  const texts = messageTextWords[language];
  const messagePages = [
    ['/desk/message-texts', texts.title],
    ['/desk/inbound-messages', texts.inbound],
    ['/desk/suppressions', texts.suppressions],
  ] as const;
  return {
    title: words.title,
    section: 'connections',
    body: html`${panel(words.payments, isOwner ? await accountPart(desk) : html`<p>${words.ownerOnly}</p>`)}
${isOwner ? html`${panel(words.senders, await senderPart(desk))}${panel(messageTestWords[language].mailTitle, mailTestPart(desk))}` : ''}
${panel(texts.title, html`<p class="page-actions">${messagePages.map(([path, title]) => linkButton(path, title, true))}</p>`)}
${panel(words.webhooks, html`<p>${words.webhooksLead}</p>${linkButton('/desk/webhooks', words.webhooks, true)}`)}`,
  };
}

/** A gateway's plug-in creates these routes at runtime, so the contract's types do not include them. */
type AccountApi = {
  get(path: string, input: object): Promise<{ merchantId: string; buyerPaysFee: boolean; updatedAt: string }>;
  put(path: string, input: object): Promise<unknown>;
  post(path: string, input: object): Promise<{ result: 'works' | 'refused' | 'no_answer' | 'busy'; code?: string }>;
};
const accountPath = ({ gateway }: Desk) => `/v1/organizers/:slug/payment-accounts/${gateway.name}`;

async function accountPart(desk: Desk): Promise<Html> {
  const { language } = desk;
  const words = connectionWords[language];
  const account = await (desk.api as unknown as AccountApi)
    .get(accountPath(desk), { param: { slug: desk.slug } })
    .catch((error: unknown) => {
      if (error instanceof AntreProblem && error.code === 'payment_account.not_found') return undefined;
      throw error;
    });
  const form = desk.form('account');
  const isTicked = form.values?.has('buyerPaysFee') ?? account?.buyerPaysFee ?? false;
  return html`<p>${words.paymentsLead(titleOf(desk.gateway.name))}</p>${
    account === undefined
      ? html`<p class="nothing">${words.noAccount}</p>`
      : facts([
          [words.account, account.merchantId],
          [words.changed, formatDate(account.updatedAt, homeTimeZone, language, 'medium')],
        ])
  }${account === undefined ? '' : deskForm(desk, { form: desk.form('testAccount'), submit: words.testAccount, isSmall: true })}${deskForm(
    desk,
    {
      form,
      body: html`${textField(form, language, { name: 'merchantId', label: words.merchantId, value: account?.merchantId, maxlength: 100 })}
${textField(form, language, { name: 'serverKey', label: words.serverKey, type: 'password', maxlength: 200 })}
${textField(form, language, { name: 'clientKey', label: words.clientKey, maxlength: 200 })}
<p class="check"><input type="checkbox" id="buyerPaysFee" name="buyerPaysFee"${isTicked ? html` checked` : ''}><label for="buyerPaysFee">${words.buyerPaysFee}</label></p>`,
      submit: words.setAccount,
    },
  )}`;
}

const titleOf = (gateway: string): string => `${gateway.charAt(0).toUpperCase()}${gateway.slice(1)}`;

const setAccount: Act = async (desk, values) => {
  await (desk.api as unknown as AccountApi).put(accountPath(desk), {
    param: { slug: desk.slug },
    json: {
      merchantId: values.text('merchantId'),
      serverKey: values.text('serverKey'),
      clientKey: values.text('clientKey'),
      buyerPaysFee: values.has('buyerPaysFee'),
    },
  });
  return done('/desk/connections', 'connected');
};

/** Shows the gateway's answer in the response. Nothing is stored. */
const testAccount: Act = async (desk) => {
  const words = connectionWords[desk.language];
  const { result, code } = await (desk.api as unknown as AccountApi).post(`${accountPath(desk)}/tests`, {
    param: { slug: desk.slug },
  });
  const text = words.testResults[result];
  return {
    title: words.testAccount,
    section: 'connections',
    body: html`${notice(code === undefined ? text : `${text} (${code})`, result === 'works' ? 'good' : 'bad')}
<p>${linkButton('/desk/connections', words.back, true)}</p>`,
  };
};

async function senderPart(desk: Desk): Promise<Html> {
  const { language, slug } = desk;
  const words = connectionWords[language];
  const { data } = await desk.api.get('/v1/organizers/:slug/senders', { param: { slug } });
  const kinds = senderKinds.map((kind) => linkButton(`/desk/connections/senders/${kind}`, senderNames[kind], true));
  return html`<p>${words.sendersLead} ${messageTestWords[language].phoneHint}</p>${
    data.length === 0
      ? html`<p class="nothing">${words.noSenders}</p>`
      : table({
          caption: words.senders,
          rows: data,
          columns: [
            {
              label: words.number,
              cell: ({ id, externalId, status }) =>
                status === 'disabled' ? externalId : html`<a href="/desk/connections/numbers/${id}">${externalId}</a>`,
            },
            { label: words.kind, cell: ({ kind }) => senderNames[kind] },
            {
              label: words.status,
              cell: ({ status, lastFailure }) =>
                html`${chip(statusWords[language][status] ?? status, status === 'active' ? 'good' : 'warn')} ${lastFailure ?? ''}`,
            },
            {
              label: words.today,
              cell: ({ today: { accepted, left } }) =>
                `${formatCount(accepted, language)}${left === null ? '' : ` (${words.left}: ${formatCount(left, language)})`}`,
            },
            {
              label: messageTestWords[language].test,
              cell: (sender) => (sender.status === 'disabled' ? '–' : testButton(desk, sender)),
            },
            {
              label: words.disconnect,
              cell: ({ id, externalId, status }) =>
                status === 'disabled'
                  ? '–'
                  : rowForm(desk, {
                      act: 'disconnect',
                      idField: 'senderId',
                      id,
                      submit: `${words.disconnect}: ${externalId}`,
                      asks: askWords[language].number,
                    }),
            },
          ],
        })
  }<h3>${words.choose}</h3><p class="page-actions">${kinds}</p>`;
}

const disconnect: Act = async (desk, values) => {
  await desk.api.delete('/v1/organizers/:slug/senders/:senderId', {
    param: { slug: desk.slug, senderId: values.text('senderId') },
  });
  return done('/desk/connections', 'disconnected');
};

function kindOf(desk: Desk): SenderKind {
  const known = senderKinds.find((kind) => kind === desk.param('kind'));
  if (known === undefined) throw new AntreProblem({ code: 'sender.not_found' }, 404);
  return known;
}

async function showNewSender(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = connectionWords[language];
  const kind = kindOf(desk);
  const form = desk.form('connect');
  const fields = senderFields[kind].map(({ name, label, isSecret, isOptional }) =>
    textField(form, language, {
      name,
      label,
      maxlength: 1000,
      ...(isSecret === true ? { type: 'password' as const } : {}),
      ...(isOptional === true ? { isOptional: true } : {}),
    }),
  );
  return {
    title: `${words.connect}: ${senderNames[kind]}`,
    section: 'connections',
    body: deskForm(desk, { form, body: fields, submit: words.connect, cancelPath: '/desk/connections' }),
  };
}

const connect: Act = async (desk, values) => {
  const kind = kindOf(desk);
  const given = Object.fromEntries(
    senderFields[kind].flatMap(({ name }) => (values.text(name) === '' ? [] : [[name, values.text(name)]])),
  );
  // `senderFields` is data, so the compiler cannot match it to the kind's schema. The API validates it.
  await desk.api.post('/v1/organizers/:slug/senders', {
    param: { slug: desk.slug },
    json: { kind, ...given } as never,
  });
  return done('/desk/connections', 'connected');
};
