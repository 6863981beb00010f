import { html } from 'hono/html';
import { askWords } from '../../../i18n/words/desk/asks.ts';
import { AntreProblem } from '../../../../client/problem.ts';
import { formatCount } from '../../../../platform/text/format-money.ts';
import { questionWords } from '../../../i18n/words/desk/tickets/questions.ts';
import type { Html } from '../../layout.ts';
import type { Data } from '../api.ts';
import { type Act, type AddPage, type Desk, type View, done } from '../desk.ts';
import { eventParam, eventPath, eventView, ownEvent } from '../events/own-event.ts';
import { type Form, type FormValues, changedOnly } from '../forms.ts';
import { areaField, checkField, numberField, selectField, textField } from '../parts/fields.ts';
import { askedForm, deskForm } from '../parts/form.ts';
import { chip, panel } from '../parts/pieces.ts';
import { table } from '../parts/table.ts';

type Question = Data<'/v1/organizers/:slug/events/:eventId/questions'>['data'][number];

/** The questions that buyers answer after paying. */
export function questionPages(addPage: AddPage): void {
  addPage('/desk/events/:eventId/questions', showQuestions, { add: addQuestion });
  addPage('/desk/events/:eventId/questions/:questionId', showQuestion, {
    save: changeQuestion,
    remove: removeQuestion,
  });
}

const questionParam = (desk: Desk) => ({ ...eventParam(desk), questionId: desk.param('questionId') });

async function questionsOf(desk: Desk): Promise<readonly Question[]> {
  const param = eventParam(desk);
  return (await desk.api.get('/v1/organizers/:slug/events/:eventId/questions', { param })).data;
}

async function showQuestions(desk: Desk): Promise<View> {
  const { language } = desk;
  const words = questionWords[language];
  const [event, questions] = await Promise.all([ownEvent(desk), questionsOf(desk)]);
  const form = desk.form('add');
  const list = table({
    caption: words.title,
    rows: questions,
    columns: [
      {
        label: words.question,
        cell: ({ id, text }) => html`<a href="${eventPath(desk, `/questions/${id}`)}">${text}</a>`,
      },
      { label: words.kind, cell: ({ kind }) => words.kinds[kind] },
      { label: words.scope, cell: ({ scope }) => words.scopes[scope] },
      { label: words.answers, cell: ({ answers }) => formatCount(answers, language), isNumber: true },
      { label: words.state, cell: ({ status }) => chip(words.states[status], status === 'open' ? 'good' : 'plain') },
    ],
  });
  const body = [
    ...textFields(desk, form),
    selectField(form, language, {
      name: 'kind',
      label: words.kind,
      options: (['text', 'choice', 'yes_no'] as const).map((kind) => ({ value: kind, label: words.kinds[kind] })),
    }),
    selectField(form, language, {
      name: 'scope',
      label: words.scope,
      options: (['order', 'ticket'] as const).map((scope) => ({ value: scope, label: words.scopes[scope] })),
    }),
    choicesField(desk, form),
    ...ruleFields(desk, form),
  ];
  return {
    title: words.title,
    ...eventView(event),
    eventSection: 'questions',
    body: html`<p class="lead">${words.lead}</p>${questions.length === 0 ? html`<p class="nothing">${words.none}</p>` : list}
${panel(words.add, deskForm(desk, { form, body, submit: words.add }))}`,
  };
}

/** @throws AntreProblem for a question that this event does not have */
async function ownQuestion(desk: Desk): Promise<Question> {
  const question = (await questionsOf(desk)).find(({ id }) => id === desk.param('questionId'));
  if (question === undefined) throw new AntreProblem({ code: 'question.not_found' }, 404);
  return question;
}

async function showQuestion(desk: Desk): Promise<View> {
  const words = questionWords[desk.language];
  const [event, question] = await Promise.all([ownEvent(desk), ownQuestion(desk)]);
  const form = desk.form('save');
  const body = [
    ...textFields(desk, form, question),
    ...(question.kind === 'choice' ? [choicesField(desk, form, question)] : []),
    ...ruleFields(desk, form, question),
    checkField(form, {
      name: 'isAsked',
      label: words.asked,
      hint: words.askedHint,
      isChecked: question.status === 'open',
    }),
  ];
  return {
    title: question.text,
    ...eventView(event),
    eventSection: 'questions',
    body: html`${deskForm(desk, { form, body, submit: words.change, isChange: true, cancelPath: eventPath(desk, '/questions') })}
${question.answers > 0 ? '' : askedForm(desk, { form: desk.form('remove'), label: words.remove, asks: askWords[desk.language].question })}`,
  };
}

function textFields({ language }: Desk, form: Form, question?: Question): readonly Html[] {
  const words = questionWords[language];
  return [
    textField(form, language, { name: 'text', label: words.question, value: question?.text, maxlength: 200 }),
    textField(form, language, {
      name: 'textEn',
      label: words.questionEn,
      hint: words.questionEnHint,
      value: question?.textEn ?? '',
      maxlength: 200,
      isOptional: true,
    }),
  ];
}

function choicesField({ language }: Desk, form: Form, question?: Question): Html {
  const words = questionWords[language];
  const lines = question?.choices.map(({ text, textEn }) => (textEn === null ? text : `${text} | ${textEn}`));
  return areaField(form, language, {
    name: 'choices',
    label: words.choices,
    hint: words.choicesHint,
    value: lines?.join('\n') ?? '',
    maxlength: 5000,
    isOptional: true,
  });
}

function ruleFields({ language }: Desk, form: Form, question?: Question): readonly Html[] {
  const words = questionWords[language];
  return [
    checkField(form, { name: 'isRequired', label: words.required, isChecked: question?.isRequired === true }),
    numberField(form, language, { name: 'position', label: words.position, value: question?.position ?? 0 }),
  ];
}

function questionOf(values: FormValues) {
  return {
    text: values.text('text'),
    textEn: values.optional('textEn') ?? null,
    isRequired: values.has('isRequired'),
    position: values.number('position'),
  };
}

/** One choice per line, with the English text after a vertical bar. */
function choicesOf(values: FormValues) {
  const lines = values.raw('choices').split('\n');
  return lines.flatMap((line) => {
    const [text = '', textEn = ''] = line.split('|').map((part) => part.trim());
    return text === '' ? [] : [{ text, textEn: textEn === '' ? null : textEn }];
  });
}

const addQuestion: Act = async (desk, values) => {
  const kind = (['choice', 'yes_no'] as const).find((known) => known === values.text('kind')) ?? 'text';
  await desk.api.post('/v1/organizers/:slug/events/:eventId/questions', {
    param: eventParam(desk),
    json: {
      ...questionOf(values),
      kind,
      scope: values.text('scope') === 'ticket' ? 'ticket' : 'order',
      choices: kind === 'choice' ? choicesOf(values) : [],
    },
  });
  return done(desk.path, 'saved');
};

const changeQuestion: Act = async (desk, values) => {
  const wanted = {
    ...questionOf(values),
    choices: choicesOf(values),
    status: values.has('isAsked') ? ('open' as const) : ('closed' as const),
  };
  const json = changedOnly(values, wanted, { status: 'isAsked' });
  if (Object.keys(json).length > 0)
    await desk.api.patch('/v1/organizers/:slug/events/:eventId/questions/:questionId', {
      param: questionParam(desk),
      json,
    });
  return done(eventPath(desk, '/questions'), 'saved');
};

const removeQuestion: Act = async (desk) => {
  await desk.api.delete('/v1/organizers/:slug/events/:eventId/questions/:questionId', { param: questionParam(desk) });
  return done(eventPath(desk, '/questions'), 'deleted');
};
