import { html } from 'hono/html';
import type { Html } from '../layout.ts';

type Field = {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'email' | 'tel' | 'password';
  readonly autocomplete: string;
  readonly maxlength: number;
  readonly hint?: string;
  readonly inputmode?: 'email' | 'tel' | 'text' | 'numeric';
  readonly isRequired?: boolean;
  readonly className?: string;
};

/** A labelled input with its hint and the element for its fault. */
export function field(of: Field): Html {
  const { name, hint } = of;
  const described = [...(hint === undefined ? [] : [`${name}-hint`]), `${name}-error`].join(' ');
  const isPlain = of.autocomplete === 'off' || of.type === 'email' || of.type === 'password';
  return html`<div class="field ${of.className ?? ''}"><label for="${name}">${of.label}</label>
<input id="${name}" name="${name}" type="${of.type ?? 'text'}" autocomplete="${of.autocomplete}" maxlength="${of.maxlength}" inputmode="${of.inputmode ?? 'text'}" aria-describedby="${described}"${isPlain ? html` autocapitalize="none" spellcheck="false"` : ''}${of.isRequired === false ? '' : html` required`}>
${hint === undefined ? '' : html`<p class="hint" id="${name}-hint">${hint}</p>`}<p class="field-error" id="${name}-error" hidden></p></div>`;
}
