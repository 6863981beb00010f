import { html } from 'hono/html';
import type { Language } from '../../../i18n/language.ts';
import { askWords } from '../../../i18n/words/desk/asks.ts';
import { frameWords } from '../../../i18n/words/desk/frame.ts';
import type { Html } from '../../layout.ts';
import type { Desk } from '../desk.ts';
import { type Form, emptyForm, secretsField, shownField, shownOf } from '../forms.ts';
import { faultOf, faultText, fieldId, hiddenField, isOfField } from './fields.ts';

type FormParts = {
  readonly form: Form;
  /** Fields from `fields.ts`, which register their labels in the form. */
  readonly body?: Html | readonly Html[];
  readonly submit: string;
  readonly isDanger?: boolean;
  /** The form sends a file. */
  readonly hasFile?: boolean;
  /** For a button in a row of a table. */
  readonly isSmall?: boolean;
  /** It changes something, and only in what the member has changed (`changedOnly`). */
  readonly isChange?: boolean;
  /** For fields that stand elsewhere on the page, and name the form by their attribute. */
  readonly id?: string;
  /** The target of the cancel link. */
  readonly cancelPath?: string;
};

/** A form of the desk: a focused summary of faults, the fields, and the button. Works without script. */
export function deskForm(desk: Desk, parts: FormParts): Html {
  const { language, path, formToken } = desk;
  return openForm({ ...parts, language, path, formToken });
}

/**
 * The button in a row of a table. Its form names the row by an id, so that a refusal stands in the row that was sent, and in no other.
 * @param of.more hidden fields beside the id
 * @param of.asks what the act does, if it cannot be undone
 */
export function rowForm(
  desk: Desk,
  of: {
    readonly act: string;
    readonly idField: string;
    readonly id: string;
    readonly submit: string;
    readonly more?: Html;
    readonly asks?: string;
  },
): Html {
  const given = desk.form(of.act);
  const form = given.values?.text(of.idField) === of.id ? given : emptyForm(of.act);
  const body = html`${hiddenField(of.idField, of.id)}${of.more ?? ''}`;
  return of.asks === undefined
    ? deskForm(desk, { form, body, submit: of.submit, isSmall: true })
    : askedForm(desk, { form, body, label: of.submit, asks: of.asks });
}

/**
 * An act that cannot be undone, on a page that shows other things, too. Its button opens what the act does, and a second button sends it.
 * It works without script. A refused one stays open.
 */
export function askedForm(
  desk: Desk,
  of: { readonly form: Form; readonly label: string; readonly asks: string; readonly body?: Html },
): Html {
  const { form, label, asks, body } = of;
  const submit = askWords[desk.language].yes(label);
  return html`<details class="ask"${form.refusal === undefined ? '' : html` open`}><summary class="button button-quiet">${label}</summary>
<div class="ask-text"><p>${asks}</p>${deskForm(desk, { form, submit, isDanger: true, isSmall: true, ...(body === undefined ? {} : { body }) })}</div></details>`;
}

/** The same form for people who may not be signed in. */
export function openForm(
  parts: FormParts & { readonly language: Language; readonly path: string; readonly formToken?: string },
): Html {
  const { form, language, formToken } = parts;
  const kind = parts.isDanger === true ? 'button-danger' : parts.isSmall === true ? 'button-quiet' : 'button-main';
  return html`<form${parts.id === undefined ? '' : html` id="${parts.id}"`} class="desk-form${parts.isSmall === true ? ' desk-form-small' : ''}" method="post" action="${parts.path}"${parts.hasFile === true ? html` enctype="multipart/form-data"` : ''} novalidate>
${formToken === undefined ? '' : hiddenField('formToken', formToken)}${hiddenField('act', form.act)}${hiddenField('key', form.key)}${[...form.secrets].map((name) => hiddenField(secretsField, name))}${parts.isChange === true ? hiddenField(shownField, form.values?.raw(shownField) ?? shownOf(form)) : ''}
${summary(form, language)}${parts.body ?? ''}
<p class="form-buttons"><button class="button ${kind}">${parts.submit}</button>${parts.cancelPath === undefined ? '' : html` <a class="button button-quiet" href="${parts.cancelPath}">${frameWords[language].cancel}</a>`}</p></form>`;
}

/** A form that changes nothing. It uses GET, so its values are in the address. */
export function askForm({ language, path }: Desk, parts: Pick<FormParts, 'form' | 'body' | 'submit'>): Html {
  return html`<form class="desk-form" method="get" action="${path}" novalidate>
${summary(parts.form, language)}${parts.body ?? ''}
<p class="form-buttons"><button class="button button-quiet">${parts.submit}</button></p></form>`;
}

/** Lists every fault once, with a link to its field. The page opens with it in view and focused. */
function summary(form: Form, language: Language): Html {
  if (form.refusal === undefined) return html``;
  const hasField = form.faults.some((fault) => [...form.labels.keys()].some((name) => isOfField(fault, name)));
  const items = form.faults.map((fault) => {
    const field = [...form.labels].find(([name]) => faultOf(form, name) === fault);
    // Each field is listed once, with its first fault. That fault is also beside the field.
    if (field === undefined && [...form.labels].some(([name]) => isOfField(fault, name))) return '';
    // A fault without a field usually follows from a listed one, such as an end time from its start. It is listed only if no field has a fault.
    if (field === undefined) return hasField ? '' : html`<li>${fault.path} ${faultText(form, fault, language)}</li>`;
    const [name, label] = field;
    return html`<li><a href="#${fieldId(form, name)}">${label}</a>: ${faultText(form, fault, language)}</li>`;
  });
  return html`<div class="form-message" role="alert" tabindex="-1" autofocus data-focus><p>${form.refusal}</p>${items.length === 0 ? '' : html`<ul>${items}</ul>`}</div>`;
}

/** A confirmation step before an act that cannot be undone. */
export function confirmStep(
  desk: Desk,
  step: {
    readonly act: string;
    readonly text: string | Html;
    readonly button: string;
    readonly backPath: string;
    readonly body?: Html;
  },
): Html {
  return html`<section class="panel confirm"><div class="confirm-text">${typeof step.text === 'string' ? html`<p>${step.text}</p>` : step.text}</div>
${deskForm(desk, { form: desk.form(step.act), submit: step.button, isDanger: true, cancelPath: step.backPath, ...(step.body === undefined ? {} : { body: step.body }) })}</section>`;
}
