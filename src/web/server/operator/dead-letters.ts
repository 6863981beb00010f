import type { Hono } from 'hono';
import { html } from 'hono/html';
import type { DeadLetter } from '../../../platform/jobs/dead-letters.ts';
import { operatorWords } from '../../i18n/words/operator.ts';
import { hiddenField, selectField } from '../desk/parts/fields.ts';
import { openForm } from '../desk/parts/form.ts';
import { emptyState, facts, panel } from '../desk/parts/pieces.ts';
import { paging, table } from '../desk/parts/table.ts';
import {
  type Operator,
  type OperatorAct,
  type OperatorDeps,
  type OperatorView,
  addOperatorPage,
  done,
  timeText,
} from './page.ts';

const listPath = '/operator/dead-letters';

/** Jobs that were given up: the list, a single job, and replaying or discarding it. */
export function deadLetterPages(deps: OperatorDeps, routes: Hono): void {
  addOperatorPage(deps, routes, listPath, showList, { replayAll });
  addOperatorPage(deps, routes, `${listPath}/:id`, showOne, { replay, discard });
}

async function showList(operator: Operator): Promise<OperatorView> {
  const { language } = operator;
  const words = operatorWords[language];
  const query = new URLSearchParams({ limit: '50' });
  for (const name of ['name', 'cursor']) {
    const value = operator.query(name);
    if (value !== undefined && value !== '') query.set(name, value);
  }
  const { data, nextCursor } = await operator.call<{ data: DeadLetter[]; nextCursor: string | null }>(
    'GET',
    `/dead-letters?${query.toString()}`,
  );
  const form = operator.form('replayAll');
  return {
    title: words.deadLetters,
    body: html`<p class="lead">${words.deadLettersLead}</p>${
      data.length === 0
        ? emptyState(words.noDeadLetters, words.noDeadLettersText)
        : table({
            caption: words.deadLetters,
            rows: data,
            columns: [
              {
                label: words.job,
                cell: (letter) =>
                  html`<a href="${listPath}/${letter.id}?lang=${language}">${letter.name} ${letter.id}</a>`,
              },
              { label: words.failure, cell: ({ failure }) => failure },
              { label: words.failedAt, cell: ({ failedAt }) => timeText(failedAt, language) },
            ],
          })
    }${paging(operator, nextCursor, { lang: language, name: query.get('name') ?? undefined })}
${
  data.length === 0
    ? ''
    : panel(
        words.replayAll,
        openForm({
          form,
          language,
          path: `${listPath}?lang=${language}`,
          body: selectField(form, language, {
            name: 'name',
            label: words.job,
            hint: words.replayAllHint,
            options: [...new Set(data.map((letter) => letter.name))].map((value) => ({ value, label: value })),
          }),
          submit: words.replayAll,
        }),
      )
}`,
  };
}

const replayAll: OperatorAct = async (operator, values) => {
  await operator.call('POST', `/dead-letters/replay?${new URLSearchParams({ name: values.text('name') }).toString()}`);
  return done(listPath, 'replayed', operator.language);
};

const pathOf = (operator: Operator) => `/dead-letters/${encodeURIComponent(operator.param('id'))}`;

async function showOne(operator: Operator): Promise<OperatorView> {
  const { language, path } = operator;
  const words = operatorWords[language];
  const letter = await operator.call<DeadLetter>('GET', pathOf(operator));
  const button = (act: 'replay' | 'discard') =>
    openForm({
      form: operator.form(act),
      language,
      path: `${path}?lang=${language}`,
      body: hiddenField('id', letter.id),
      submit: words[act],
      ...(act === 'discard' ? { isDanger: true } : {}),
    });
  return {
    title: `${letter.name} ${letter.id}`,
    body: html`${facts([
      [words.failure, letter.failure],
      [words.stagedAt, timeText(letter.stagedAt, language)],
      [words.failedAt, timeText(letter.failedAt, language)],
      [words.payload, html`<code>${JSON.stringify(letter.payload)}</code>`],
    ])}${panel(words.replay, html`<p>${words.replayText}</p>${button('replay')}`)}
${panel(words.discard, html`<p>${words.discardText}</p>${button('discard')}`)}`,
  };
}

const replay: OperatorAct = async (operator) => {
  await operator.call('POST', `${pathOf(operator)}/replay`);
  return done(listPath, 'replayed', operator.language);
};

const discard: OperatorAct = async (operator) => {
  await operator.call('DELETE', pathOf(operator));
  return done(listPath, 'discarded', operator.language);
};
