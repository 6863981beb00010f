import { html } from 'hono/html';
import { AntreProblem } from '../../../../client/problem.ts';
import { senderLimitWords } from '../../../i18n/words/desk/messages/sender-limits.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { type Form, changedOnly } from '../forms.ts';
import { numberField, textField } from '../parts/fields.ts';
import { deskForm } from '../parts/form.ts';
import { panel } from '../parts/pieces.ts';
import { table } from '../parts/table.ts';
import { senderNames } from './sender-fields.ts';

type Sender = Data<'/v1/organizers/:slug/senders'>['data'][number];

/** The limits of a WhatsApp number, and its templates at Meta. */
export function senderLimitPages(addPage: AddPage): void {
  addPage('/desk/connections/numbers/:senderId', showSender, { save, submit });
}

const senderParam = (desk: Desk) => ({ slug: desk.slug, senderId: desk.param('senderId') });

async function showSender(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = senderLimitWords[language];
  const { data } = await desk.api.get('/v1/organizers/:slug/senders', { param: { slug: desk.slug } });
  const sender = data.find(({ id, status }) => id === desk.param('senderId') && status !== 'disabled');
  if (sender === undefined) throw new AntreProblem({ code: 'sender.not_found' }, 404);
  const form = desk.form('save');
  return {
    title: `${words.title} ${sender.externalId} (${senderNames[sender.kind]})`,
    section: 'connections',
    body: html`${panel(
      words.limits,
      html`<p>${words.limitsLead}</p>${deskForm(desk, { form, body: limitFields(desk, form, sender), submit: words.save, isChange: true, cancelPath: '/desk/connections' })}`,
    )}${sender.kind === 'whatsapp_cloud' ? await templatesPart(desk) : ''}`,
  };
}

function limitFields({ language }: Desk, form: Form, sender: Sender): readonly Html[] {
  const words = senderLimitWords[language];
  return [
    numberField(form, language, { name: 'weight', label: words.weight, hint: words.weightHint, value: sender.weight }),
    textField(form, language, {
      name: 'messagesPerSecond',
      label: words.perSecond,
      hint: words.perSecondHint,
      value: String(sender.messagesPerSecond),
      inputmode: 'decimal',
      className: 'short',
    }),
    numberField(form, language, {
      name: 'dailyCap',
      label: words.dailyCap,
      hint: words.dailyCapHint,
      value: sender.dailyCap,
      isOptional: true,
    }),
    numberField(form, language, {
      name: 'warmUpFrom',
      label: words.warmUpFrom,
      hint: words.warmUpHint,
      value: sender.warmUpFrom,
      isOptional: true,
    }),
  ];
}

async function templatesPart(desk: Desk): Promise<Html> {
  const words = senderLimitWords[desk.language];
  const { data } = await desk.api.get('/v1/organizers/:slug/senders/:senderId/templates', { param: senderParam(desk) });
  const shown =
    data.length === 0
      ? html`<p class="nothing">${words.noTemplates}</p>`
      : table({
          caption: words.templates,
          rows: data,
          columns: [
            { label: words.template, cell: ({ name }) => name },
            { label: words.language, cell: ({ language }) => language },
            { label: words.state, cell: ({ status, reason }) => (reason === null ? status : `${status} (${reason})`) },
          ],
        });
  return panel(
    words.templates,
    html`<p>${words.templatesLead}</p>${shown}${deskForm(desk, { form: desk.form('submit'), submit: words.submit, isSmall: true })}`,
  );
}

const save: Act = async (desk, values) => {
  const json = changedOnly(values, {
    weight: values.number('weight'),
    messagesPerSecond: Number(values.text('messagesPerSecond').replace(',', '.') || Number.NaN),
    dailyCap: values.numberOrNull('dailyCap'),
    warmUpFrom: values.numberOrNull('warmUpFrom'),
  });
  if (Object.keys(json).length > 0)
    await desk.api.patch('/v1/organizers/:slug/senders/:senderId', { param: senderParam(desk), json });
  return done(desk.path, 'saved');
};

const submit: Act = async (desk) => {
  await desk.api.post('/v1/organizers/:slug/senders/:senderId/templates', { param: senderParam(desk) });
  return done(desk.path, 'saved');
};
