import { html } from 'hono/html';
import type { Language } from '../../../i18n/language.ts';
import { frameWords } from '../../../i18n/words/desk/frame.ts';
import type { Html } from '../../layout.ts';
import type { Desk } from '../desk.ts';
import type { Form } from '../forms.ts';
import { faultOf, faultText, fieldId, hiddenField, isOfField } from './fields.ts';

type FormParts = {
  readonly form: Form;
  /** Made by the functions of `fields.ts`, which note the label of each field in the form. */
  readonly body?: Html | readonly Html[];
  readonly submit: string;
  readonly isDanger?: boolean;
  /** The form sends a file. */
  readonly hasFile?: boolean;
  /** For a button in a row of a table. */
  readonly isSmall?: boolean;
  /** Where the link beside the button leads back to. */
  readonly cancelPath?: string;
};

/** A form of the desk: the summary of its faults with focus, its fields, and its button. Works without script. */
export function deskForm(desk: Desk, parts: FormParts): Html {
  const { language, path, formToken } = desk;
  return openForm({ ...parts, language, path, formToken });
}

/** A form of the desk where nobody needs to be signed in. */
export function openForm(
  parts: FormParts & { readonly language: Language; readonly path: string; readonly formToken?: string },
): Html {
  const { form, language, formToken } = parts;
  const kind = parts.isDanger === true ? 'button-danger' : parts.isSmall === true ? 'button-quiet' : 'button-main';
  return html`<form class="desk-form${parts.isSmall === true ? ' desk-form-small' : ''}" method="post" action="${parts.path}"${parts.hasFile === true ? html` enctype="multipart/form-data"` : ''} novalidate>
${formToken === undefined ? '' : hiddenField('formToken', formToken)}${hiddenField('act', form.act)}${hiddenField('key', form.key)}
${summary(form, language)}${parts.body ?? ''}
<p class="form-buttons"><button class="button ${kind}">${parts.submit}</button>${parts.cancelPath === undefined ? '' : html` <a class="button button-quiet" href="${parts.cancelPath}">${frameWords[language].cancel}</a>`}</p></form>`;
}

/** A form that asks and changes nothing: what was typed stands in the address. */
export function askForm({ language, path }: Desk, parts: Pick<FormParts, 'form' | 'body' | 'submit'>): Html {
  return html`<form class="desk-form" method="get" action="${path}" novalidate>
${summary(parts.form, language)}${parts.body ?? ''}
<p class="form-buttons"><button class="button button-quiet">${parts.submit}</button></p></form>`;
}

/** Every fault once, each with a link to its field. It is in view and has the focus when the page opens. */
function summary(form: Form, language: Language): Html {
  if (form.refusal === undefined) return html``;
  const hasField = form.faults.some((fault) => [...form.labels.keys()].some((name) => isOfField(fault, name)));
  const items = form.faults.map((fault) => {
    const field = [...form.labels].find(([name]) => faultOf(form, name) === fault);
    // A field is named once, with its first fault: the same stands beside it.
    if (field === undefined && [...form.labels].some(([name]) => isOfField(fault, name))) return '';
    // What the form has no field for follows from a field, as an end from its start. It is named only where no field is.
    if (field === undefined) return hasField ? '' : html`<li>${fault.path} ${faultText(form, fault, language)}</li>`;
    const [name, label] = field;
    return html`<li><a href="#${fieldId(form, name)}">${label}</a>: ${faultText(form, fault, language)}</li>`;
  });
  return html`<div class="form-message" role="alert" tabindex="-1" autofocus data-focus><p>${form.refusal}</p>${items.length === 0 ? '' : html`<ul>${items}</ul>`}</div>`;
}

/** The step before something that cannot be undone: what will happen, and the button that does it. */
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
