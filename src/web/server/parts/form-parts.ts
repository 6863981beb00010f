import { html } from 'hono/html';
import type { Language } from '../../i18n/language.ts';
import { siteWords } from '../../i18n/words/site.ts';
import type { Html } from '../layout.ts';

/** The element that shows why the form was refused. Pages with several forms name each. */
export function formMessage(id = 'form-message'): Html {
  return html`<div class="form-message" id="${id}" role="alert" tabindex="-1" hidden></div>`;
}

/** The content that replaces a finished form. */
export function donePanel(title: string, text: string, more?: Html): Html {
  return html`<section id="done" class="message" tabindex="-1" hidden><h1>${title}</h1><p>${text}</p>${more ?? ''}</section>`;
}

/** The way back to the form from "a message was sent": the address may have been mistyped. */
export function otherAddress(language: Language): Html {
  return html`<p><button type="button" class="link-button" data-act="other-address">${siteWords[language].otherAddress}</button></p>`;
}
