import { html } from 'hono/html';
import type { FieldFault } from '../../../../client/problem.ts';
import type { Language } from '../../../i18n/language.ts';
import { frameWords } from '../../../i18n/words/desk/frame.ts';
import type { Html } from '../../layout.ts';
import { type Form, writeAmount, writeTime } from '../forms.ts';

/** A form field: label, hint, and the API's fault. `name` is the value's path in the API's body, which matches faults to fields. */
type Field = {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** `silently`: no "optional" beside the label, for forms in which every field is optional. */
  readonly isOptional?: boolean | 'silently';
};

type TextField = Field & {
  readonly value?: string | undefined;
  readonly type?: 'text' | 'email' | 'tel' | 'password' | 'url' | 'datetime-local' | 'date';
  readonly maxlength?: number;
  readonly autocomplete?: string;
  readonly inputmode?: 'numeric' | 'decimal' | 'email' | 'tel' | 'url';
  readonly className?: string;
  /** Offered while the member types. Any other text may be written. */
  readonly choices?: readonly string[];
};

export function fieldId(form: Form, name: string): string {
  return form.act === 'save' ? name : `${form.act}-${name}`;
}

/** The first fault of a field, or of a part of its value. */
export function faultOf(form: Form, name: string): FieldFault | undefined {
  return form.faults.find((fault) => isOfField(fault, name));
}

export function isOfField({ path }: FieldFault, name: string): boolean {
  return path === name || path.startsWith(`${name}.`);
}

/** The text of a fault. API paths of other fields in it are replaced by their labels. */
export function faultText(form: Form, fault: FieldFault, language: Language): string {
  const { code, messages } = fault;
  // The API's text explains RFC 3339, which people do not type here.
  if (code === 'time.invalid') return frameWords[language].timeNeeded;
  // Text that is not a number is sent as null, which the API reports as a wrong type.
  if (code === 'field.type') return frameWords[language][isLeftEmpty(form, fault) ? 'needed' : 'numberNeeded'];
  return messages[language].replace(
    /(?<=\b(?:after|before|than|of|setelah|sebelum|dari) )[a-zA-Z.]+/,
    (name) => form.labels.get(name) ?? name,
  );
}

function isLeftEmpty({ labels, values }: Form, fault: FieldFault): boolean {
  const name = [...labels.keys()].find((known) => isOfField(fault, known));
  return name !== undefined && values?.optional(name) === undefined;
}

export function textField(form: Form, language: Language, of: TextField): Html {
  const value = of.type === 'password' ? '' : (form.values?.raw(of.name) ?? of.value ?? '');
  if (of.type === 'password') form.secrets.add(of.name);
  form.shown.set(of.name, of.value ?? '');
  const isPlain = of.autocomplete === 'off' || ['email', 'password', 'url'].includes(of.type ?? '');
  return wrapped(form, language, of, (described) => {
    const extra = [
      of.maxlength === undefined ? '' : html` maxlength="${of.maxlength}"`,
      of.inputmode === undefined ? '' : html` inputmode="${of.inputmode}"`,
      isPlain ? html` autocapitalize="none" spellcheck="false"` : '',
      of.choices === undefined ? '' : html` list="${fieldId(form, of.name)}-choices"`,
    ];
    const choices = of.choices?.map((choice) => html`<option value="${choice}"></option>`);
    return html`<input id="${fieldId(form, of.name)}" name="${of.name}" type="${of.type ?? 'text'}" value="${value}" autocomplete="${of.autocomplete ?? 'off'}"${extra}${described}>${choices === undefined ? '' : html`<datalist id="${fieldId(form, of.name)}-choices">${choices}</datalist>`}`;
  });
}

export function areaField(
  form: Form,
  language: Language,
  of: Field & { readonly value?: string | undefined; readonly maxlength: number; readonly rows?: number },
): Html {
  const value = form.values?.raw(of.name) ?? of.value ?? '';
  form.shown.set(of.name, of.value ?? '');
  return wrapped(
    form,
    language,
    of,
    (described) =>
      html`<textarea id="${fieldId(form, of.name)}" name="${of.name}" rows="${of.rows ?? 5}" maxlength="${of.maxlength}"${described}>${value}</textarea>`,
  );
}

export type Option = { readonly value: string; readonly label: string };

export function selectField(
  form: Form,
  language: Language,
  of: Field & { readonly value?: string | undefined; readonly options: readonly Option[] },
): Html {
  const chosen = form.values?.raw(of.name) ?? of.value ?? '';
  form.shown.set(of.name, of.value ?? '');
  const options = of.options.map(
    ({ value, label }) => html`<option value="${value}"${value === chosen ? html` selected` : ''}>${label}</option>`,
  );
  return wrapped(
    form,
    language,
    // A select always has a value, so it is never marked as optional.
    { ...of, isOptional: of.isOptional === undefined ? false : 'silently' },
    (described) => html`<select id="${fieldId(form, of.name)}" name="${of.name}"${described}>${options}</select>`,
  );
}

/** A whole number. */
export function numberField(
  form: Form,
  language: Language,
  of: Field & { readonly value?: number | null | undefined },
): Html {
  const value = of.value === undefined || of.value === null ? undefined : String(of.value);
  return textField(form, language, { ...of, value, inputmode: 'numeric', className: 'short' });
}

/** An amount. Its currency is in the label. */
export function moneyField(
  form: Form,
  language: Language,
  of: Field & { readonly value?: { readonly amount: number } | undefined; readonly currency: string },
): Html {
  const value = of.value === undefined ? undefined : writeAmount(of.value.amount, of.currency);
  const label = `${of.label} (${of.currency})`;
  return textField(form, language, { ...of, label, value, inputmode: 'decimal', className: 'short' });
}

/** A date and time in the zone that the label names. */
export function timeField(
  form: Form,
  language: Language,
  of: Field & { readonly value?: string | null | undefined; readonly timeZone: string },
): Html {
  const value = of.value === undefined || of.value === null ? undefined : writeTime(of.value, of.timeZone);
  return textField(form, language, { ...of, value, type: 'datetime-local' });
}

export function checkField(form: Form, of: Field & { readonly isChecked?: boolean }): Html {
  const isChecked = form.values === undefined ? of.isChecked === true : form.values.has(of.name);
  const id = fieldId(form, of.name);
  form.labels.set(of.name, of.label);
  form.shown.set(of.name, of.isChecked === true ? 'yes' : '');
  const hint = of.hint === undefined ? '' : html`<span class="hint" id="${id}-hint">${of.hint}</span>`;
  return html`<div class="field"><label class="agree"><input id="${id}" name="${of.name}" type="checkbox" value="yes"${isChecked ? html` checked` : ''}${of.hint === undefined ? '' : html` aria-describedby="${id}-hint"`}><span>${of.label} ${hint}</span></label></div>`;
}

/** The language of messages to a person. Defaults to the page's language. */
export function localeField(form: Form, language: Language, label: string): Html {
  const options = [
    { value: 'id', label: 'Indonesia' },
    { value: 'en', label: 'English' },
  ];
  return selectField(form, language, { name: 'locale', label, value: language, options });
}

/** A file. Browsers never refill it, so it must be chosen again after a refusal. */
export function fileField(form: Form, language: Language, of: Field & { readonly accept: string }): Html {
  return wrapped(
    form,
    language,
    of,
    (described) =>
      html`<input id="${fieldId(form, of.name)}" name="${of.name}" type="file" accept="${of.accept}"${described}>`,
  );
}

/** A slider from 0 to 100. */
export function percentField(form: Form, language: Language, of: Field & { readonly value: number }): Html {
  const value = form.values?.raw(of.name) ?? String(of.value);
  form.shown.set(of.name, String(of.value));
  return wrapped(
    form,
    language,
    of,
    (described) =>
      html`<input id="${fieldId(form, of.name)}" name="${of.name}" type="range" min="0" max="100" value="${value}"${described}>`,
  );
}

export function hiddenField(name: string, value: string | number): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

/** A group of fields under one heading. */
export function fieldGroup(legend: string, fields: readonly Html[]): Html {
  return html`<fieldset class="field-group"><legend>${legend}</legend><div class="field-grid">${fields}</div></fieldset>`;
}

function wrapped(
  form: Form,
  language: Language,
  of: Field & { readonly className?: string },
  input: (described: Html) => Html,
): Html {
  const id = fieldId(form, of.name);
  const fault = faultOf(form, of.name);
  form.labels.set(of.name, of.label);
  const ids = [...(of.hint === undefined ? [] : [`${id}-hint`]), ...(fault === undefined ? [] : [`${id}-error`])];
  const described = html`${ids.length === 0 ? '' : html` aria-describedby="${ids.join(' ')}"`}${fault === undefined ? '' : html` aria-invalid="true"`}${of.isOptional === true || of.isOptional === 'silently' ? '' : html` required`}`;
  const optional =
    of.isOptional === true ? html` <span class="muted small">(${frameWords[language].optional})</span>` : '';
  return html`<div class="field ${of.className ?? ''}"><label for="${id}">${of.label}${optional}</label>
${input(described)}
${of.hint === undefined ? '' : html`<p class="hint" id="${id}-hint">${of.hint}</p>`}${fault === undefined ? '' : html`<p class="field-error" id="${id}-error">${of.label} ${faultText(form, fault, language)}</p>`}</div>`;
}
